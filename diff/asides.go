package diff

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// GoneCleanup is a cleanup at a source, besides ReturnCleanup.
const GoneCleanup = "gone"

// cleanAsides cleans up what an interrupted prune has left: the set is moved back,
// unless its files were being deleted already.
func (p *pruned) cleanAsides(all *planned, s config.Source) {
	w := all.world
	for _, a := range w.Inventories[s.Name].Asides {
		if !w.Flags.Selects(state.Address(s.Name, a.Key)) {
			continue
		}
		if err := checkAside(all, s, a); err != nil {
			p.notes = append(p.notes, notice.Note{Kind: &notice.Aside, Place: s.Name, VM: a.VM, Item: a.Path, Why: err.Error()})
			continue
		}
		kind := ReturnCleanup
		if a.Gone {
			kind = GoneCleanup
		}
		p.cleanups = append(p.cleanups, Cleanup{
			Place: s.Name, Kind: kind, Path: a.Path, VM: a.VM, Files: listed(a.Files), Bytes: state.TotalBytes(a.Files),
		})
	}
}

// checkAside returns why a leftover of a prune can neither be moved back nor deleted; nil if
// it can.
func checkAside(all *planned, s config.Source, a state.AsideSet) error {
	if _, there := all.world.Inventories[s.Name].Find(a.Key); there {
		return errors.New(a.Final + " exists again")
	}
	if a.Problem != "" {
		return errors.New(a.Problem)
	}
	if i := slices.IndexFunc(a.Files, func(f state.File) bool { return f.ModTime.After(runStart(a)) }); a.Gone && i >= 0 {
		return errors.New(a.Files[i].Path + " was written after the prune began, and exists nowhere else")
	}
	if err := observe.CheckPaths(a.Path, a.Files); err != nil {
		return err
	}
	if a.Gone && len(a.Files) > 0 {
		return checkJustified(all, s, a)
	}
	return nil
}

// checkJustified returns what the destinations lack by now that justified the prune: since
// its run died they may have lost it. Each must hold min_keep sets as new.
func checkJustified(all *planned, s config.Source, a state.AsideSet) error {
	b, ok := all.world.Spec.Assign(s.Name, a.VM)
	if !ok {
		return errors.New("no backup sends it to a destination")
	}
	x := pruningOf(all, s, b, a.VM)
	for _, copy := range b.Copies {
		g, err := groupAt(x, copy.Destination)
		if err != nil {
			return err
		}
		n := 0
		for _, d := range g.Decisions {
			if d.Key.Stamp >= a.Stamp && proves(d) {
				n++
			}
		}
		if n < g.Policy.MinKeep {
			return fmt.Errorf("%s holds only %d sets as new as it", copy.Destination, n)
		}
	}
	return nil
}

// runStart is when the run began that pruned a set: its files are older. An id
// has whole seconds, and some disks only every other one.
func runStart(a state.AsideSet) time.Time {
	at, _ := decide.RunTime(a.Run)
	return at.Add(2 * time.Second)
}
