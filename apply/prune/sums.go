package prune

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// sums are those of the files of a set at its source that were read, by path.
type sums map[string]string

// compare reads the files of the set in dir, each once, and compares them with the
// manifest of every copy.
func (read sums) compare(ctx context.Context, t task.Task, dir string, copies map[string]copied) error {
	if len(copies) == 0 {
		return nil // no destination keeps it any more
	}
	for _, f := range t.Change.Files {
		sum, err := read.sum(ctx, t, dir, f)
		if err != nil {
			return err
		}
		for _, c := range copies {
			if sumIn(c.manifest, f.Path) != sum {
				err := fmt.Errorf("%s %w: its contents changed after the upload and exist nowhere else",
					path.Join(t.Step.From, f.Path), source.ErrChanged)
				return providers.WithHint(err, rewrittenHint)
			}
		}
	}
	return nil
}

// sumIn is the sum that a manifest has of a file; "" if none.
func sumIn(m *state.Manifest, name string) string {
	i, ok := slices.BinarySearchFunc(m.Files, name, func(f state.ManifestFile, name string) int { return strings.Compare(f.Path, name) })
	if !ok {
		return ""
	}
	return m.Files[i].SHA256
}

// sum reuses what was read before: a file that has changed since would have another
// time.
func (read sums) sum(ctx context.Context, t task.Task, dir string, f state.File) (string, error) {
	if sum, ok := read[f.Path]; ok {
		return sum, nil
	}
	r, err := t.Store.Open(ctx, path.Join(dir, f.Path), 0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum, err := source.SumAll(r, func(n int64) { t.Emit(event.Comparing{Address: t.Address, Path: f.Path, Read: n, Size: f.Size}) })
	if err != nil {
		return "", err
	}
	read[f.Path] = sum
	return sum, ctx.Err()
}

const rewrittenHint = "Compare the local set with its copies and delete the bad ones by hand: the local set, or the copies, which are then uploaded again."
