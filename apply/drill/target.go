package drill

import (
	"context"
	"io"
	"time"

	apply "github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/providers"
)

// folderError is an error of the folder that a drill restores to: it says nothing about the
// copy, and the drill was not held.
type folderError struct{ err error }

func (e *folderError) Error() string { return e.err.Error() }
func (e *folderError) Unwrap() error { return e.err }

func ofFolder(err error) error {
	if err == nil {
		return nil
	}
	return &folderError{err}
}

// target marks the errors of what is written to the folder.
type target struct{ apply.Target }

// Unwrap is the folder itself.
func (t target) Unwrap() providers.Store { return t.Target }

func (t target) Put(ctx context.Context, p string, body providers.Body) error {
	return ofFolder(t.Target.Put(ctx, p, body))
}

func (t target) Rename(ctx context.Context, from, to string) error {
	return ofFolder(t.Target.Rename(ctx, from, to))
}

func (t target) SetModTime(ctx context.Context, p string, at time.Time) error {
	return ofFolder(t.Target.SetModTime(ctx, p, at))
}

func (t target) Edit(ctx context.Context, p string) (providers.EditedFile, error) {
	f, err := t.Target.Edit(ctx, p)
	if err != nil {
		return nil, ofFolder(err)
	}
	return editedFile{f}, nil
}

type editedFile struct{ providers.EditedFile }

func (f editedFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.EditedFile.ReadAt(p, off)
	if err != io.EOF {
		err = ofFolder(err)
	}
	return n, err
}

func (f editedFile) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.EditedFile.WriteAt(p, off)
	return n, ofFolder(err)
}

func (f editedFile) Truncate(size int64) error { return ofFolder(f.EditedFile.Truncate(size)) }
func (f editedFile) Sync() error               { return ofFolder(f.EditedFile.Sync()) }
func (f editedFile) Close() error              { return ofFolder(f.EditedFile.Close()) }
