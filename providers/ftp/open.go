package ftp

import (
	"cmp"
	"context"
	"io"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/upload"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/session"
)

// Open reads by REST and RETR. The reader occupies a session until it has been
// read to its end or closed; io.EOF means that the server confirmed the end.
func (s *Store) Open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	if err := s.check(name); err != nil {
		return nil, s.fail("open", name, err)
	}
	r := &reader{store: s, name: name, cancelled: ctx.Err}
	var err error
	r.loan, err = s.lend(ctx, func(ss *command.Session) (err error) {
		r.response, err = retrieve(ss, s.absolute(name), offset)
		return err
	})
	if err != nil {
		return nil, s.fail("open", name, err)
	}
	return r, nil
}

// retrieve reads up to offset where the server has no REST.
func retrieve(s *command.Session, name string, offset int64) (*ftp.Response, error) {
	response, fault := s.Fetch(name, offset)
	if fault == nil {
		return response, nil
	}
	if wire.UnknownCommand(fault) && offset > 0 {
		return skip(s, name, offset)
	}
	if !wire.RefusesPath(fault) {
		return nil, fault
	}
	f, err := command.Entry(s, name)
	switch {
	case err != nil:
		return nil, err
	case f.Kind == providers.Dir:
		return nil, upload.ErrIsDir
	}
	return nil, fault
}

func skip(s *command.Session, name string, offset int64) (*ftp.Response, error) {
	response, err := retrieve(s, name, 0)
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, response, offset); err != nil && err != io.EOF {
		s.Broken = true
		return nil, &retry.Lost{Err: err}
	}
	return response, nil
}

// reader is a running download.
type reader struct {
	store     *Store
	loan      *session.Loan[*command.Session] // nil when it has been returned
	response  *ftp.Response
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
	n, err := r.response.Read(p)
	if err == nil {
		return n, nil
	}
	if fault := r.loan.Session.Transferred(r.response.Close()); fault != nil {
		err = fault
	}
	if err != io.EOF {
		err = r.store.fail("open", r.name, cmp.Or(r.cancelled(), err))
	}
	r.end = err
	r.giveBack()
	return n, err
}

// giveUp does not wait for the session to be killed: all of the content may
// have arrived already.
func (r *reader) giveUp(err error) error {
	r.end = r.store.fail("open", r.name, err)
	r.loan.Session.Discard()
	r.giveBack()
	return r.end
}

// Close in the middle costs the session: the server may go on sending, and its
// next reply would be about that.
func (r *reader) Close() error {
	if r.loan != nil {
		r.loan.Session.Discard()
		r.giveBack()
	}
	if r.end == nil {
		r.end = io.ErrClosedPipe
	}
	return nil
}

func (r *reader) giveBack() {
	_ = finishCall(r.loan.Session, nil)
	r.loan.Return()
	r.loan = nil
}
