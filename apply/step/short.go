package step

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// ShortError is the error of a step before which all files should have arrived: the place
// has acknowledged files that are missing, or have another size. It wraps errNotWhole.
type ShortError struct {
	Puts []diff.Step // that sent those files
	why  string
}

func (e *ShortError) Error() string { return e.why }
func (e *ShortError) Unwrap() error { return errNotWhole }

// notSent compares the files in a folder with those of the change, which they are not.
func notSent(e task.Env, where string, got []state.File) error {
	why := fmt.Sprintf("%s: %s", where, remote.Difference(e.Change.Files, got))
	sizes := make(map[string]int64, len(got))
	for _, f := range got {
		sizes[f.Path] = f.Size
	}
	short := &ShortError{why: why}
	for _, s := range e.Steps {
		if s.Op != diff.OpPut {
			continue
		}
		name := Name(e, s)
		if size, there := sizes[name]; !there || size != s.Size {
			short.Puts = append(short.Puts, s)
		}
		delete(sizes, name)
	}
	if len(sizes) > 0 || len(short.Puts) == 0 {
		return errors.New(why) // files that nobody sent
	}
	return short
}

// SendAgain makes the next attempt of the puts compare what is there. A manifest that was
// written beside their files is removed, and has to be written again after them: whoever
// finds it would take files of the right size for whole. It returns the step for that, or
// nil if no manifest was written.
func SendAgain(ctx context.Context, e task.Env, puts []diff.Step) (manifest *diff.Step, err error) {
	if e.Upload.ManifestBytes > 0 {
		s, _ := e.First(diff.OpManifest)
		if err := remote.RemoveIfThere(ctx, e.Store, s.To); err != nil {
			return nil, err
		}
		e.Upload.ManifestBytes, manifest = 0, &s
	}
	if e.Upload.Left == nil {
		e.Upload.Left = map[string]int64{}
	}
	for _, s := range puts {
		e.Upload.Left[Name(e, s)] = -1
	}
	return manifest, nil
}
