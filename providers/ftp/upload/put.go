package upload

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/payload"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// upload is one Put or Resume over all its tries.
type upload struct {
	place *Place
	name  string
	path  string
	body  providers.Body

	part    bool             // the server may hold a part
	unasked bool             // the size is not asked for, unless something goes wrong
	sent    bool             // an earlier try sent all bytes
	suspect bool             // an earlier try failed as if the place were full
	from    int64            // where the current try begins
	moved   int64            // bytes that the last transfer sent
	total   int64            // bytes that all transfers sent
	payload *payload.Payload // opened, and not read yet

	resume    *resume.Upload
	heldSince time.Time // when the server first said that another process has the file
}

func (u *upload) try(ss *command.Session) error {
	if u.sent {
		err := u.confirm(ss)
		switch {
		case err == nil:
			return u.resumed(ss)
		case wire.IsLost(err):
			return err
		}
		u.sent = false
	}
	if err := u.ruleOutFull(ss); err != nil {
		return err
	}
	if err := u.findStart(ss); err != nil {
		return err
	}
	if err := u.prepare(ss); err != nil {
		return err
	}
	if err := u.deliver(ss); err != nil {
		u.unasked = false
		return u.suspectFull(ss, err)
	}
	if u.unasked && u.from == 0 {
		return nil
	}
	if err := u.doubtResume(u.compare(ss)); err != nil {
		return err
	}
	return u.resumed(ss)
}

// doubtResume: a server that ignores REST, or keeps an old tail, is not asked to go
// on with this file again.
func (u *upload) doubtResume(err error) error {
	if _, cut := errors.AsType[*retry.Short](err); cut && u.from > 0 {
		u.startAnew()
	}
	return err
}

// kept is how much of the body no transfer had to send.
func (u *upload) kept() int64 { return max(u.body.Size()-u.total, 0) }

func (u *upload) prepare(ss *command.Session) error {
	hidden, err := u.place.Tree.Folders.WouldHide(ss, u.name)
	if err != nil {
		return err
	}
	if hidden {
		return fmt.Errorf("the server does not list names that begin with a dot: %w", providers.ErrName)
	}
	if u.place.verifiesSums() {
		if _, err := command.MustSum(ss); err != nil {
			return err // before the payload
		}
	}
	return u.place.Tree.MakeDir(ss, path.Dir(u.path))
}

// deliver sends what is missing. A refusal counts before the first byte only.
func (u *upload) deliver(ss *command.Session) error {
	if u.from > 0 && u.from == u.body.Size() {
		return u.openPayload() // it reads all: whoever sums it up needs that
	}
	err := u.send(ss)
	switch {
	case u.moved > 0 || !wire.Answered(err) || wire.IsTrouble(err) || wire.IsHeld(err) || errors.Is(err, providers.ErrFull):
		return err
	case u.from > 0:
		return u.fromBeginning(ss, err)
	case wire.RefusesPath(err):
		return u.sendAnew(ss, err)
	}
	return err
}

// sendAnew is the second attempt where the server refused the path: a known
// directory may be gone, and some servers do not replace a file.
func (u *upload) sendAnew(ss *command.Session, refusal error) error {
	u.place.Tree.Known.Forget(path.Dir(u.path))
	if err := u.prepare(ss); err != nil {
		return err
	}
	f, err := command.Entry(ss, u.path)
	switch {
	case err != nil && !wire.RefusesPath(err):
		return err
	case err != nil:
		return u.send(ss)
	case f.Kind == providers.Dir:
		return ErrIsDir
	case f.Kind != providers.Regular:
		return refusal
	}
	if err := ss.DeleteFile(u.path); err != nil {
		return errors.Join(refusal, err)
	}
	return u.send(ss)
}

// send transfers the body from u.from on.
func (u *upload) send(ss *command.Session) error {
	u.moved, u.sent = 0, false
	if err := u.openPayload(); err != nil {
		return err
	}
	u.resume.Sending(u.from)
	p := u.payload
	err := ss.Store(u.path, p, u.from, func() {
		if p.Taken() {
			u.payload = nil
		}
		u.count(ss)
	})
	if r, refused := errors.AsType[*wire.Refusal](err); refused && u.moved > 0 {
		r.Late = true
		u.resume.Refused(u.from)
	}
	switch {
	case err == nil && !u.sent:
		return ss.Unexpected("the server confirmed the file before it was sent")
	case err != nil && !wire.Answered(err) && u.moved > 0:
		u.place.Abandoned.Note(u.name)
		u.place.Dialer.Tell(fmt.Sprintf("the connection was lost while %s was being sent (%v)", providers.Escape(u.name), err))
	}
	return err
}

func (u *upload) count(ss *command.Session) {
	u.sent = false
	moved, ok := ss.Sent()
	if !ok {
		return
	}
	u.moved = moved
	u.total += moved
	u.part = u.part || moved > 0
	u.sent = u.from+moved == u.body.Size()
}

// openPayload opens the body where the try begins. That may take long, because
// the body may have to read what is before: a payload that was not read stays
// open for the next try.
func (u *upload) openPayload() error {
	if u.payload != nil && u.payload.From() == u.from {
		return nil
	}
	u.forgetPayload()
	p, err := payload.Open(u.body, u.from)
	if err != nil {
		return err
	}
	u.payload = p
	return nil
}

func (u *upload) forgetPayload() {
	if u.payload != nil {
		u.payload.Close()
		u.payload = nil
	}
}

// compare asks for the size. Without SIZE there is nothing to compare with, and
// the word of the server has to do.
func (u *upload) compare(ss *command.Session) error {
	err := u.confirm(ss)
	if _, gone := errors.AsType[*Vanished](err); !gone && wire.UnknownCommand(err) {
		return nil
	}
	return err
}

// confirm is compare where there is no word of the server. That a file is not
// there is asked twice: a single refusal may be about the moment.
func (u *upload) confirm(ss *command.Session) error {
	held, err := u.place.Tree.HeldBytes(ss, u.path)
	if errors.Is(err, fs.ErrNotExist) || wire.RefusesPath(err) {
		held, err = u.place.Tree.HeldBytes(ss, u.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &Vanished{err}
	}
	if err == nil && held != u.body.Size() {
		return &retry.Short{Held: held, Size: u.body.Size()}
	}
	return err
}
