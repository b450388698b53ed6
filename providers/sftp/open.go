package sftp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/pkg/sftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
	sessions "github.com/vmxsync/vmxsync/providers/session"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// readAhead is how much of a file is asked for at once, in bytes.
const readAhead = 1 << 20

// Open reads a regular file. The reader occupies a session until it is closed or has met
// an error; io.EOF means that all bytes have come that the file had when it was opened.
func (s *Store) Open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	if err := s.check(name); err != nil {
		return nil, s.fail("open", name, err)
	}
	r := &reader{store: s, name: name, cancelled: ctx.Err}
	loan, err := s.lend(ctx, func(t tree) (err error) {
		r.file, r.left, err = t.openAt(name, offset)
		return err
	})
	if err != nil {
		return nil, s.fail("open", name, err)
	}
	r.loan = loan
	r.from = bufio.NewReaderSize(s.received.Reader(ctx, r.file), readAhead)
	return r, nil
}

// openAt opens what is a regular file, and returns how much there is from offset on.
func (t tree) openAt(name string, offset int64) (*sftp.File, int64, error) {
	f, err := t.regular(name)
	if err != nil {
		return nil, 0, err
	}
	opened, err := t.Open(t.absolute(name), os.O_RDONLY)
	if err != nil {
		return nil, 0, err
	}
	if _, err := opened.Seek(offset, io.SeekStart); err != nil {
		return nil, 0, err
	}
	return opened, f.Size - offset, nil
}

// regular refuses what is no regular file: it would be followed, or never end.
func (t tree) regular(name string) (providers.File, error) {
	if err := t.enter(path.Dir(name)); err != nil {
		return providers.File{}, err
	}
	f, err := t.Lstat(t.absolute(name))
	if err == nil {
		err = notRegular(f)
	}
	return f, err
}

func notRegular(f providers.File) error {
	switch f.Kind {
	case providers.Regular:
		return nil
	case providers.Dir:
		return errIsDir
	case providers.Link:
		return errLink
	}
	return errNotFile
}

// reader is a running download.
type reader struct {
	store     *Store
	loan      *sessions.Loan[*wire.Session] // nil when it has been given back
	file      *sftp.File
	from      io.Reader // file, asked for ahead
	left      int64     // of what the file had
	name      string
	cancelled func() error
	end       error // what Read returns from now on
}

func (r *reader) Read(p []byte) (int, error) {
	if r.end != nil {
		return 0, r.end
	}
	if err := r.cancelled(); err != nil {
		return 0, r.giveUp(err)
	}
	ss := r.loan.Session
	ss.Reading()
	n, err := r.from.Read(p)
	ss.Idle()
	r.left -= int64(n)
	switch {
	case err == nil:
		return n, nil
	case err == io.EOF && r.left > 0:
		err = &retry.Lost{Err: fmt.Errorf("the file ended %d bytes early: %w", r.left, io.ErrUnexpectedEOF)}
	case err == io.EOF:
		r.end = err
		return n, err
	}
	if no := r.cancelled(); no != nil {
		err = no
	} else {
		err = ss.Fault(err)
	}
	return n, r.giveUp(err)
}

// giveUp costs the session where it is not known what the server will say next.
func (r *reader) giveUp(err error) error {
	r.end = r.store.fail("open", r.name, err)
	if !wire.Answered(err) {
		r.loan.Session.Discard()
	}
	r.giveBack()
	return r.end
}

// Close in the middle costs nothing: requests and replies have numbers.
func (r *reader) Close() error {
	if r.loan != nil {
		r.giveBack()
	}
	if r.end == nil {
		r.end = io.ErrClosedPipe
	}
	return nil
}

// giveBack lets the server forget the file, without waiting longer than it may take.
func (r *reader) giveBack() {
	ss := r.loan.Session
	ss.Begin()
	if ss.Usable() && ss.Ask("CLOSE", r.store.absolute(r.name), r.file.Close) != nil {
		ss.Discard()
	}
	ss.End()
	r.loan.Return()
	r.loan = nil
}
