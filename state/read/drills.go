package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
)

// How many records of drills are read: the newest.
const (
	maxDrillsOfVM = 8
	maxDrills     = 2000
)

// UnusableDrill is why the record of a drill cannot be used.
type UnusableDrill struct {
	Path string
	Run  string // id of the drill, by the name of its record
	Err  error
}

func (e *UnusableDrill) Error() string { return e.Path + ": " + e.Err.Error() }
func (e *UnusableDrill) Unwrap() error { return e.Err }

// Drills reads the records of the drills with sets of a place, oldest first: the newest of
// each VM. Records that cannot be read, or are not as they were written, are left out, with
// the reason of each in torn, an UnusableDrill. The error is that of a place that could not be asked.
func Drills(ctx context.Context, store providers.Store, work state.WorkDir) (all []state.Drill, torn []error, err error) {
	entries, err := store.List(ctx, work.Drills())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("records of drills: %w", err)
	}
	names := newestDrills(entries)
	drills, errs := make([]state.Drill, len(names)), make([]error, len(names))
	parallel.All(ctx, store.Traits().Sessions, len(names), func(i int) {
		drills[i], errs[i] = drill(ctx, store, work, names[i])
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	for i, err := range errs {
		switch {
		case err == nil:
			all = append(all, drills[i])
		case gone(err):
			return nil, nil, fmt.Errorf("records of drills: %w", err)
		default:
			torn = append(torn, err)
		}
	}
	slices.SortFunc(all, state.Drill.ByTime)
	return all, torn, nil
}

// drillName is what the name of a record shows.
type drillName struct {
	state.Key
	run string
}

// newestDrills are the newest records of each VM, and of those the newest. The id of a run
// begins with its time.
func newestDrills(entries []providers.File) (names []drillName) {
	for _, e := range entries {
		if k, run, err := state.ParseDrillName(e.Name()); err == nil && e.Kind == providers.Regular {
			names = append(names, drillName{k, run})
		}
	}
	slices.SortFunc(names, func(a, b drillName) int { return strings.Compare(b.run, a.run) })
	seen := map[string]int{}
	names = slices.DeleteFunc(names, func(n drillName) bool {
		seen[n.VM]++
		return seen[n.VM] > maxDrillsOfVM
	})
	return names[:min(len(names), maxDrills)]
}

func drill(ctx context.Context, store providers.Store, work state.WorkDir, name drillName) (state.Drill, error) {
	p := work.Drill(name.Key, name.run)
	data, err := File(ctx, store, p, state.MaxDrill)
	if err != nil {
		return state.Drill{}, &UnusableDrill{p, name.run, err}
	}
	d, err := state.ParseDrill(data)
	if err == nil && (d.Key != name.Key || d.Run != name.run) {
		err = errors.New("it is the record of another drill")
	}
	if err != nil {
		return state.Drill{}, &UnusableDrill{p, name.run, err}
	}
	return d, nil
}
