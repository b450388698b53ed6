package faults

import (
	"context"
	"errors"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// Store is a providers.Store to which the faults of a script happen.
type Store struct {
	store  providers.Store
	script *Script
}

// Wrap puts store under script. Optional interfaces that providers.As finds
// below the wrapper are neither counted nor stopped.
func Wrap(store providers.Store, script *Script) *Store {
	return &Store{store: store, script: script}
}

// Unwrap is the store below.
func (s *Store) Unwrap() providers.Store { return s.store }

// Traits are those of the store below.
func (s *Store) Traits() providers.Traits { return s.store.Traits() }

// Close closes the store below, also after a crash. It is not counted.
func (s *Store) Close() error { return s.store.Close() }

// List counts and lists.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	t := s.script.begin(Call{Op: List, Path: dir})
	if t.stops() {
		return nil, t.err()
	}
	files, err := s.store.List(ctx, dir)
	if err = t.end(err); err != nil {
		return nil, err
	}
	return files, nil
}

// Stat counts and stats.
func (s *Store) Stat(ctx context.Context, path string) (providers.File, error) {
	t := s.script.begin(Call{Op: Stat, Path: path})
	if t.stops() {
		return providers.File{}, t.err()
	}
	f, err := s.store.Stat(ctx, path)
	if err = t.end(err); err != nil {
		return providers.File{}, err
	}
	return f, nil
}

// Open counts and opens. A fault in the middle comes after the first byte.
func (s *Store) Open(ctx context.Context, path string, offset int64) (io.ReadCloser, error) {
	t := s.script.begin(Call{Op: Open, Path: path})
	if t.stops() {
		return nil, t.err()
	}
	r, err := s.store.Open(ctx, path, offset)
	if err == nil && t.halves() {
		r = &breaking{ReadCloser: r, turn: t}
		return &mortal{ReadCloser: r, script: s.script}, nil
	}
	if endErr := t.end(err); endErr != nil {
		if err == nil {
			r.Close()
		}
		return nil, endErr
	}
	return &mortal{ReadCloser: r, script: s.script}, nil
}

// Put counts and puts. A fault in the middle stores the first half.
func (s *Store) Put(ctx context.Context, path string, body providers.Body) error {
	t := s.script.begin(Call{Op: Put, Path: path})
	if t.stops() {
		return t.pretend()
	}
	body = mortalBody{body, s.script}
	if t.halves() {
		body = half{body}
	}
	return t.end(s.store.Put(ctx, path, body))
}

// Resume counts as a put. Where the store below cannot resume, it puts.
func (s *Store) Resume(ctx context.Context, path string, body providers.Body) (kept int64, err error) {
	t := s.script.begin(Call{Op: Put, Path: path})
	if t.stops() {
		return 0, t.pretend()
	}
	body = mortalBody{body, s.script}
	if t.halves() {
		body = half{body}
	}
	if below, ok := providers.As[providers.Resumer](s.store); ok {
		kept, err = below.Resume(ctx, path, body)
	} else {
		err = s.store.Put(ctx, path, body)
	}
	return kept, t.end(err)
}

// Rename counts and renames.
func (s *Store) Rename(ctx context.Context, from, to string) error {
	t := s.script.begin(Call{Op: Rename, Path: from, To: to})
	if t.stops() {
		return t.pretend()
	}
	return t.end(s.store.Rename(ctx, from, to))
}

// Remove counts and removes.
func (s *Store) Remove(ctx context.Context, path string) error {
	t := s.script.begin(Call{Op: Remove, Path: path})
	if t.stops() {
		return t.pretend()
	}
	return t.end(s.store.Remove(ctx, path))
}

// MakeDir counts and makes. Where the store below cannot, it is
// errors.ErrUnsupported.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	below, ok := providers.As[providers.Locker](s.store)
	if !ok {
		return errors.ErrUnsupported
	}
	t := s.script.begin(Call{Op: MakeDir, Path: dir})
	if t.stops() {
		return t.pretend()
	}
	return t.end(below.MakeDir(ctx, dir))
}

// pretend is the result of a call without effect: an error, or a lie.
func (t turn) pretend() error {
	if !t.dead && t.fault.err == nil {
		return nil
	}
	return t.err()
}
