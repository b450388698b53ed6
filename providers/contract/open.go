package contract

import (
	"context"
	"io"
	"io/fs"
)

var opens = []clause{
	{"open-missing", "reading a missing file reports that it does not exist", "", openMissing},
	{"open-offset", "reading from an offset delivers the rest of the file", "", openOffset},
	{"open-directory", "reading a directory fails", "", openDirectory},
	{"open-close-early", "a reader may be closed before its end, and the store keeps working", "", openCloseEarly},
}

func openMissing(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	t.refused("reading a missing file", t.drain(ctx, "missing"), fs.ErrNotExist)
	t.refused("reading below a missing folder", t.drain(ctx, "nowhere/missing"), fs.ErrNotExist)
}

// drain reads a file to its end.
func (t *trial) drain(ctx context.Context, name string) error {
	if t.err != nil {
		return t.err
	}
	r, err := t.env.Store.Open(ctx, t.path(name), 0)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

func openOffset(ctx context.Context, t *trial) {
	body := Noise{Bytes: 200<<10 + 7}
	t.must(t.put(ctx, "file", body))
	for _, offset := range []int64{0, 1, 4096, 100<<10 + 3, body.Bytes - 1} {
		t.reads(ctx, "file", body, offset)
	}
}

func openDirectory(ctx context.Context, t *trial) {
	t.write(ctx, "dir/file", "text")
	t.refused("reading a directory", t.drain(ctx, "dir"), nil)
	t.works(ctx)
}

func openCloseEarly(ctx context.Context, t *trial) {
	body := Noise{Bytes: 1 << 20}
	t.must(t.put(ctx, "file", body))
	for range t.env.Store.Traits().Sessions + 2 {
		t.peek(ctx, "file")
	}
	t.holds(ctx, "file", body)
}

// peek reads a few bytes and closes the reader.
func (t *trial) peek(ctx context.Context, name string) {
	r := t.reader(ctx, name)
	if r == nil {
		return
	}
	_, err := io.ReadFull(r, make([]byte, 10))
	t.must(err)
	t.must(r.Close())
}

// reader opens name, or records why not and returns nil.
func (t *trial) reader(ctx context.Context, name string) io.ReadCloser {
	if t.err != nil {
		return nil
	}
	r, err := t.env.Store.Open(ctx, t.path(name), 0)
	if err != nil {
		t.must(err)
		return nil
	}
	return r
}

func openTogether(ctx context.Context, t *trial) {
	body := Noise{Bytes: 100 << 10}
	t.must(t.put(ctx, "file", body))
	var readers []io.ReadCloser
	for range t.env.Store.Traits().Sessions {
		if r := t.reader(ctx, "file"); r != nil {
			readers = append(readers, r)
		}
	}
	for _, r := range readers {
		t.must(same(r, body, 0))
		t.must(r.Close())
	}
	t.works(ctx)
}
