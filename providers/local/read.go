package local

import (
	"context"
	"github.com/vmxsync/vmxsync/providers/local/disk"
	"io"
	"os"
)

// Open reads p. Each Read of the reader waits for a turn of its own: a reader that waits for
// its destination holds up no other call.
func (s *Store) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	end, err := s.begin(ctx, p)
	if err != nil {
		return nil, disk.Named("open", p, err)
	}
	defer end()
	f, err := disk.OpenAt(s.root, p, offset)
	if err != nil {
		return nil, disk.Unreadable(disk.Named("open", p, err), s.root.Name())
	}
	return &reader{file: f, from: s.received.Reader(ctx, inTurn{s.turns, ctx, f}), folder: s.root.Name(), path: p}, nil
}

// reader reads one file.
type reader struct {
	file   *os.File
	from   io.Reader // file in turns, at the pace of the store
	folder string    // of the store
	path   string
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && err != io.EOF {
		err = disk.Unreadable(disk.Named("read", r.path, err), r.folder)
	}
	return n, err
}

// inTurn waits for a turn before each Read.
type inTurn struct {
	turns turns
	ctx   context.Context // of the Open call: it governs the reading, too
	file  *os.File
}

func (r inTurn) Read(p []byte) (int, error) {
	end, err := r.turns.wait(r.ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	return r.file.Read(p)
}

func (r *reader) Close() error {
	return r.file.Close()
}
