package local

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/vmxsync/vmxsync/providers/regular"
)

// Open reads p. Each Read of the reader waits for a turn of its own: a reader that waits for
// its destination holds up no other call.
func (s *Store) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	end, err := s.begin(ctx, p)
	if err != nil {
		return nil, named("open", p, err)
	}
	defer end()
	f, err := s.open(p, offset)
	if err != nil {
		return nil, s.unreadable(named("open", p, err))
	}
	return &reader{store: s, ctx: ctx, file: f, from: s.received.Reader(ctx, inTurn{s, ctx, f}), path: p}, nil
}

func (s *Store) open(p string, offset int64) (*os.File, error) {
	f, err := s.openRegular(p, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// openRegular opens what stat sees at p, and not what came there in between.
func (s *Store) openRegular(p string, flag int) (*os.File, error) {
	seen, err := s.stat(p)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := s.root.OpenFile(p, flag|regular.NonBlocking, 0) // a pipe may have come to p
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !os.SameFile(seen, opened) {
		return nil, errors.Join(errChanged, f.Close())
	}
	return f, nil
}

// reader reads one file.
type reader struct {
	store *Store
	ctx   context.Context // of the Open call: it governs the reading, too
	file  *os.File
	from  io.Reader // file in turns, at the pace of the store
	path  string
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && err != io.EOF {
		err = r.store.unreadable(named("read", r.path, err))
	}
	return n, err
}

// inTurn waits for a turn before each Read.
type inTurn struct {
	store *Store
	ctx   context.Context
	file  *os.File
}

func (r inTurn) Read(p []byte) (int, error) {
	end, err := r.store.turn(r.ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	return r.file.Read(p)
}

func (r *reader) Close() error {
	return r.file.Close()
}
