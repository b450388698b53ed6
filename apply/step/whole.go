package step

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// wholeSet reads a set with its manifest. An error wraps errNotWhole where the
// set is missing, is not that of the job, or was not made by this run.
func wholeSet(ctx context.Context, e task.Env, dir string) (state.Set, error) {
	s, err := remote.ReadWhole(ctx, e.Store, e.Key, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("%s %w: %w", dir, remote.ErrMissing, errNotWhole)
	}
	if err != nil {
		return s, err
	}
	if err := ctx.Err(); err != nil {
		return s, err
	}
	if s.State == state.Unknown {
		return s, fmt.Errorf("%s: %s", dir, s.Problem)
	}
	if why := unlike(e, s); why != "" {
		return s, fmt.Errorf("%s: %s: %w", dir, why, errNotWhole)
	}
	return s, nil
}

// asWritten proves by one listing that a folder holds the set as this run has written it:
// its files with their sizes, and its manifest with that of what was sent.
func asWritten(ctx context.Context, e task.Env, dir string) error {
	s, manifest, err := remote.ListSet(ctx, e.Store, e.Key, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s %w: %w", dir, remote.ErrMissing, errNotWhole)
	case err != nil:
		return err
	case s.State == state.Damaged:
		return fmt.Errorf("%s: %s", dir, s.Problem)
	case !state.SameContent(s.Files, e.Change.Files):
		return notSent(e, where(e, dir), s.Files)
	case manifest != e.Upload.ManifestBytes:
		return fmt.Errorf("%s: its manifest has %d bytes, but %d were sent: %w", dir, manifest, e.Upload.ManifestBytes, errNotWhole)
	case blocksBytes(s) != e.Upload.BlocksBytes:
		return fmt.Errorf("%s: its block sums have %d bytes, but %d were sent: %w", dir, blocksBytes(s), e.Upload.BlocksBytes, errNotWhole)
	}
	return ctx.Err()
}

// where names a folder in errors.
func where(e task.Env, dir string) string {
	if dir == sendTo(e) {
		return publishingOf(e).where()
	}
	return dir
}

func unlike(e task.Env, s state.Set) string {
	switch {
	case s.State == state.Unmarked:
		return "it has no manifest"
	case s.State != state.Complete:
		return s.Problem
	case !state.SameContent(s.Files, e.Change.Files):
		return remote.Difference(e.Change.Files, s.Files)
	case !Owns(e, s.Manifest):
		return fmt.Sprintf("its manifest was written by run %s", s.Manifest.Run)
	case s.Manifest.Run == e.Run && s.Manifest.Blocks != nil && blocksBytes(s) != s.Manifest.Blocks.Size:
		return fmt.Sprintf("its block sums have %d bytes, but %d were sent", blocksBytes(s), s.Manifest.Blocks.Size)
	}
	return ""
}

// SentWhole reports whether the folder that the upload sends to holds the set of this
// run, with its manifest.
func SentWhole(ctx context.Context, e task.Env) (bool, error) {
	return isWhole(ctx, e, sendTo(e))
}

func isWhole(ctx context.Context, e task.Env, dir string) (bool, error) {
	_, err := wholeSet(ctx, e, dir)
	if errors.Is(err, errNotWhole) {
		return false, nil
	}
	return err == nil, err
}

// stillHalf proves that the set in dir has not become whole, and reports whether it has a
// manifest nevertheless. A missing set has none.
func stillHalf(ctx context.Context, store providers.Store, k state.Key, dir string) (marked bool, err error) {
	set, err := remote.ReadSet(ctx, store, k, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !set.Marked {
		return false, err
	}
	set = read.Manifests(ctx, store, []state.Set{set})[0]
	if set.State == state.Complete || set.State == state.Unknown {
		return true, fmt.Errorf("%s is %s: %w", dir, set.State, errChanged)
	}
	return true, ctx.Err()
}

// SourceSet lists the set at the source again. An error wraps source.ErrChanged where it
// is not what the plan wants to send, fs.ErrNotExist where it is deleted.
func SourceSet(ctx context.Context, e task.Env) ([]state.File, error) {
	return source.ReadSet(ctx, e.Source, e.Change.From, e.Ignore, e.Change.Files)
}

// Owns reports whether this run wrote the manifest. A set that was whole in staging
// before this run has that of an earlier one.
func Owns(e task.Env, m *state.Manifest) bool {
	return m.Run == e.Run || !e.Has(diff.OpManifest) && !e.Has(diff.OpSeal) && !e.Has(diff.OpMark)
}

// Settled reports whether a complete set of this run is where a publish, a manifest or a
// seal puts it.
func Settled(ctx context.Context, e task.Env, s diff.Step) (bool, error) {
	if s.Op != diff.OpPublish {
		return SentWhole(ctx, e)
	}
	return isWhole(ctx, e, s.To)
}
