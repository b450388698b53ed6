package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// wholeSet reads a set with its manifest. An error wraps errNotWhole where the
// set is missing, is not that of the job, or was not made by this run.
func (x *executor) wholeSet(ctx context.Context, j *job, dir string) (state.Set, error) {
	s, err := remote.ReadSet(ctx, j.store, j.key, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("%s %w: %w", dir, remote.ErrMissing, errNotWhole)
	}
	if err != nil {
		return s, err
	}
	if s.Marked && s.State == state.Complete {
		s = state.ReadManifests(ctx, j.store, []state.Set{s})[0]
	}
	if err := ctx.Err(); err != nil {
		return s, err
	}
	if s.State == state.Unknown {
		return s, fmt.Errorf("%s: %s", dir, s.Problem)
	}
	if why := x.unlike(j, s); why != "" {
		return s, fmt.Errorf("%s: %s: %w", dir, why, errNotWhole)
	}
	return s, nil
}

func (x *executor) unlike(j *job, s state.Set) string {
	switch {
	case s.State == state.Unmarked:
		return "it has no manifest"
	case s.State != state.Complete:
		return s.Problem
	case !state.SameContent(s.Files, j.payload()):
		return remote.Difference(j.payload(), s.Files)
	case !x.owns(j, s.Manifest):
		return fmt.Sprintf("its manifest was written by run %s", s.Manifest.Run)
	}
	return ""
}

// sentWhole reports whether the folder that the upload sends to holds the set of this
// run, with its manifest.
func (x *executor) sentWhole(ctx context.Context, j *job) (bool, error) {
	_, err := x.wholeSet(ctx, j, j.sendTo())
	if errors.Is(err, errNotWhole) {
		return false, nil
	}
	return err == nil, err
}

// sourceSet lists the set at the source again. An error wraps ErrSourceChanged where it
// is not what the plan wants to send, fs.ErrNotExist where it is deleted.
func (x *executor) sourceSet(ctx context.Context, j *job) ([]state.File, error) {
	return source.ReadSet(ctx, j.source, j.change.From, j.ignore, j.payload())
}

// owns reports whether this run wrote the manifest. A set that was whole in staging
// before this run has that of an earlier one.
func (x *executor) owns(j *job, m *state.Manifest) bool {
	return m.Run == x.opts.Run || !j.has(diff.OpManifest) && !j.has(diff.OpSeal) && !j.has(diff.OpMark)
}
