package restore

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// room proves before the first byte that the file system of the target can hold the set.
// Where it is not known how much of a large file is zero, that file is only warned of. there
// is what the hidden folder holds already, by path.
func (r *run) room(ctx context.Context, s restore.Set, copies []copied, there map[string]int64) error {
	reporter, ok := providers.As[providers.SpaceReporter](r.Target)
	if !ok {
		return nil
	}
	free, err := reporter.FreeBytes(ctx)
	if err != nil {
		return ctx.Err() // what a file system does not tell is no reason to refuse
	}
	var least, most int64 // bytes that are still needed
	for _, f := range s.Files {
		low, high := needs(f, copies)
		least += max(low-there[f.Path], 0)
		most += max(high-there[f.Path], 0)
	}
	switch {
	case least > free:
		return providers.WithHint(fmt.Errorf("it needs %s at the target, where %s are free: %w", state.FormatBytes(least), state.FormatBytes(free), providers.ErrFull),
			"Free some space, or name another folder with -to.")
	case most > free:
		r.remark(s, "It has up to %s, and %s are free at the target: how much of it is zero, and takes no room, is not known.", state.FormatBytes(most), state.FormatBytes(free))
	}
	return nil
}

// needs is how much room a file takes, at least and at most.
func needs(f restore.File, copies []copied) (least, most int64) {
	for _, c := range copies {
		if b := c.of(f); b != nil && c.holds(f) {
			return b.Data, b.Data
		}
	}
	if f.Size > blocks.Bytes {
		return 0, f.Size
	}
	return f.Size, f.Size
}
