package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/pkg/sftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/payload"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// Put writes body to name itself, has the server flush it to its disk (fsync@openssh.com)
// and compares the size. A try that was cut is continued where what the server holds is
// proven to be how body begins.
func (s *Store) Put(ctx context.Context, name string, body providers.Body) error {
	_, err := newUpload(ctx, s, name, body).run()
	return s.fail("put", name, err)
}

// Resume is Put that looks for a part before its first try.
func (s *Store) Resume(ctx context.Context, name string, body providers.Body) (kept int64, err error) {
	u := newUpload(ctx, s, name, body)
	u.part = true
	kept, err = u.run()
	return kept, s.fail("put", name, err)
}

// upload is one Put or Resume over all its tries.
type upload struct {
	store  *Store
	ctx    context.Context // of the call
	name   string
	path   string // on the server
	body   providers.Body
	resume *resume.Upload

	part  bool  // the server may hold a part
	from  int64 // where the current try begins
	total int64 // bytes that all tries have sent
}

func newUpload(ctx context.Context, s *Store, name string, body providers.Body) *upload {
	return &upload{store: s, ctx: ctx, name: name, path: s.absolute(name), body: body, resume: resume.New(body)}
}

// run returns how many bytes of the body a part was good for.
func (u *upload) run() (kept int64, err error) {
	if err := u.store.checkEntry(u.name); err != nil {
		return 0, err
	}
	err = u.store.retry.Persist(u.ctx, func() error { return u.store.once(u.ctx, u.try) }, u.progressed)
	if err != nil {
		return 0, err
	}
	return max(u.body.Size()-u.total, 0), nil
}

func (u *upload) try(t tree) error {
	if err := t.makeDir(path.Dir(u.name)); err != nil {
		return err
	}
	if err := u.findStart(t.Session); err != nil {
		return err
	}
	if err := u.sendOnce(t); err != nil {
		return u.explainFull(t.Session, err)
	}
	if err := u.compare(t.Session); err != nil {
		return err
	}
	return u.proveSeam(t.Session)
}

func (u *upload) progressed(err error) bool { return u.resume.Progressed(retry.IsSlow(err)) }

// sendOnce sends the rest, or all of it once where the part may not be written to.
func (u *upload) sendOnce(t tree) error {
	err := u.send(t)
	if u.from == 0 || !errors.As(err, new(*notWritable)) {
		return err
	}
	u.startAnew()
	u.store.tell("sending from the beginning, as the server does not let the part be continued: " + providers.Escape(u.name))
	return u.send(t)
}

// send transfers the body from u.from on.
func (u *upload) send(t tree) error {
	p, err := payload.Open(u.body, u.from)
	if err != nil {
		return err
	}
	to, err := u.open(t)
	if err != nil {
		p.Close()
		return err
	}
	u.resume.Sending(u.from)
	t.Trace.Sent(fmt.Sprintf("WRITE %s from byte %d of %d", u.path, u.from, u.body.Size()))
	sent, err := u.write(t.Session, to, p)
	u.total += sent
	u.part = u.part || sent > 0
	if err == nil {
		t.Patient(sent)
		err = flush(t.Session, to)
	}
	return u.finish(t.Session, to, sent, err)
}

// finish closes the file. What was refused in the middle may have a hole behind the
// refused range, and is cut there.
func (u *upload) finish(ss *wire.Session, to *sftp.File, sent int64, err error) error {
	if retry.IsLost(err) || u.ctx.Err() != nil {
		u.noteLost(err, sent)
		return err
	}
	if err != nil {
		if whole, seekErr := to.Seek(0, io.SeekCurrent); seekErr == nil && whole < u.from+sent {
			_ = ss.Ask("FTRUNCATE", u.path, func() error { return to.Truncate(whole) })
		}
	}
	closed := ss.Ask("CLOSE", u.path, to.Close)
	if err == nil {
		err = closed
	}
	return err
}

func (u *upload) noteLost(err error, sent int64) {
	if sent == 0 {
		return
	}
	u.store.abandoned.Note(u.name)
	if u.ctx.Err() == nil {
		u.store.tell(fmt.Sprintf("the connection was lost while %s was being sent (%v)", providers.Escape(u.name), err))
	}
}

// open opens the file for writing. It follows no link: what is not there is made with
// SSH_FXF_EXCL, and what is there must be a regular file.
func (u *upload) open(t tree) (*sftp.File, error) {
	f, err := t.Lstat(u.path)
	if errors.Is(err, fs.ErrNotExist) {
		return u.create(t)
	}
	if err == nil {
		err = notRegular(f)
	}
	if err != nil {
		return nil, err
	}
	if u.from == 0 {
		return u.replace(t)
	}
	return u.reopen(t.Session, os.O_WRONLY)
}

// replace makes the file anew. To empty it instead would empty its other name as well,
// which an interrupted rename of OpenSSH leaves behind, and a lost session that still
// writes would write into the new content. It is emptied where it cannot be removed.
func (u *upload) replace(t tree) (*sftp.File, error) {
	err := t.Unlink(u.path)
	switch {
	case err == nil || errors.Is(err, fs.ErrNotExist):
		return u.create(t)
	case wire.Answered(err):
		return u.reopen(t.Session, os.O_WRONLY|os.O_TRUNC)
	}
	return nil, err
}

// reopen opens what is there.
func (u *upload) reopen(ss *wire.Session, flags int) (*sftp.File, error) {
	to, err := ss.Open(u.path, flags)
	if wire.Answered(err) && !errors.Is(err, providers.ErrFull) {
		err = &notWritable{err}
	}
	return u.prepared(ss, to, err)
}

// notWritable is a file that may not be opened for writing, as ProFTPD's mod_sftp has it of all
// that exist (AllowOverwrite off).
type notWritable struct{ error }

func (n *notWritable) Unwrap() error { return n.error }

func (u *upload) create(t tree) (to *sftp.File, err error) {
	err = t.again(path.Dir(u.name), func() error {
		to, err = t.Open(u.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
		return err
	})
	return u.prepared(t.Session, to, err)
}

// prepared closes what cannot be prepared.
func (u *upload) prepared(ss *wire.Session, to *sftp.File, err error) (*sftp.File, error) {
	if err != nil {
		return nil, err
	}
	if err := u.prepare(ss, to); err != nil {
		_ = ss.Ask("CLOSE", u.path, to.Close)
		return nil, err
	}
	return to, nil
}

// prepare goes to where the transfer begins, and takes permissions away that the
// original does not give. A server that changes none is left as it is.
func (u *upload) prepare(ss *wire.Session, to *sftp.File) error {
	if _, err := to.Seek(u.from, io.SeekStart); err != nil {
		return err
	}
	mode := providers.ModeOf(u.body)
	if mode == 0 {
		return nil
	}
	var info fs.FileInfo
	err := ss.Ask("FSTAT", u.path, func() (err error) {
		info, err = to.Stat()
		return wire.Described(info, err)
	})
	if err == nil && info.Mode().Perm()&^(mode|0o600) != 0 {
		err = ss.Ask("FCHMOD", u.path, func() error { return to.Chmod(info.Mode().Perm() & (mode | 0o600)) })
	}
	if wire.Answered(err) {
		return nil
	}
	return err
}

const (
	packet     = 32 << 10 // every server takes packets of that size (draft-ietf-secsh-filexfer-02, section 3)
	inFlight   = 64       // packets that wait for their replies
	unanswered = (inFlight + 1) * packet
)

// write sends the payload by overlapping requests, and returns how much of it was sent,
// answered or not. The body is read ahead in another goroutine, so that a call ends
// with its context also where the body does not.
func (u *upload) write(ss *wire.Session, to *sftp.File, p *payload.Payload) (sent int64, err error) {
	ctx, cancel := context.WithCancel(u.ctx)
	defer cancel()
	reading, writing := io.Pipe()
	defer context.AfterFunc(ctx, func() { reading.CloseWithError(ctx.Err()) })()
	done := make(chan struct{})
	go func() {
		defer close(done)
		writing.CloseWithError(payload.Send(ctx, p, func(b []byte) error { _, err := writing.Write(b); return err }))
	}()
	from := &counter{from: ss.Watch.Body(u.store.pace.Reader(u.ctx, reading))}
	packets := (u.body.Size()-u.from)/packet + 1
	_, err = to.ReadFromWithConcurrency(from, int(min(packets, inFlight)))
	cancel()
	reading.Close()
	<-done
	return from.n, ss.Fault(err)
}

// counter counts what was read.
type counter struct {
	from io.Reader
	n    int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

// flush has the server write the file to its disk, if it can.
func flush(ss *wire.Session, f *sftp.File) error {
	if !ss.Has(wire.Fsync) {
		return nil
	}
	err := ss.Ask("FSYNC", f.Name(), f.Sync)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// compare asks for the size under the name of the file.
func (u *upload) compare(ss *wire.Session) error {
	f, err := ss.Lstat(u.path)
	if errors.Is(err, fs.ErrNotExist) {
		return providers.WithHint(fmt.Errorf("the server acknowledged the upload, but the file does not exist: %w", err),
			"Something on the server deletes or moves uploads: check its log, a virus scanner, and the folder in `root`.")
	}
	if err == nil {
		err = notRegular(f)
	}
	if err == nil && f.Size != u.body.Size() {
		return &retry.Short{Held: f.Size, Size: u.body.Size()}
	}
	return err
}
