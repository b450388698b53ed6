package upload

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// findStart finds out how much of the file the server holds, and where the
// transfer begins: behind that, if it is proven to be how the body begins, else
// at 0. By REST and STOR alone: APPE would go on behind whatever came since.
func (u *upload) findStart(ss *command.Session) error {
	u.from = 0
	if !u.part || !u.place.resumes() {
		return nil
	}
	held, err := u.place.Tree.HeldBytes(ss, u.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || wire.RefusesPath(err) || wire.UnknownCommand(err):
		return nil
	case err != nil:
		return err
	case held == 0:
		return nil
	case u.resume.IsStuck(held):
		return nil
	case held > u.body.Size():
		return wire.UnlessRefused(ss.DeleteFile(u.path))
	}
	from, err := u.resume.Start(command.RemoteFile{Session: ss, Name: u.path}, held, u.place.verifiesSums())
	switch {
	case wire.Answered(err) && !ss.Broken && !wire.IsHeld(err):
		u.place.cannotResume(err) // what cannot be read cannot be proven
		return nil
	case err != nil:
		return u.unproven(err)
	case from == 0:
		return nil
	}
	u.from = from
	u.place.Dialer.Tell(fmt.Sprintf("resuming at %d of %d bytes: %s", from, u.body.Size(), providers.Escape(u.name)))
	return nil
}

// unproven gives up a part of which nothing could be compared twice.
func (u *upload) unproven(err error) error {
	if u.resume.Unproven(err) {
		u.startAnew()
	}
	return err
}

// errPrefixLost is what resume.ErrPrefixLost means here.
var errPrefixLost = errors.New("the existing part of the file changed during REST and STOR")

// resumed proves a file of which the last transfer sent only the rest. Where the begin
// does not hold, or cannot be read, the file is sent again from 0, and no other is
// resumed on this store.
func (u *upload) resumed(ss *command.Session) error {
	err := u.resume.ProveSeam(command.RemoteFile{Session: ss, Name: u.path}, u.place.verifiesSums())
	switch {
	case err == nil:
		return nil
	case errors.Is(err, resume.ErrPrefixLost):
		err = errPrefixLost
	case ss.Broken || !wire.Answered(err):
		return u.unproven(err)
	}
	if err := u.fromBeginning(ss, err); err != nil {
		return err
	}
	return u.compare(ss)
}

// progressed reports whether the last try, which ended with err, brought the upload
// forward.
func (u *upload) progressed(err error) bool {
	if wire.IsHeld(err) {
		return u.patient()
	}
	u.heldSince = time.Time{}
	return u.resume.Progressed(retry.IsSlow(err))
}

// patient reports whether it is still worth to wait for a file that another process at
// the server has: no session that was lost lives longer than timeouts.io.
func (u *upload) patient() bool {
	if u.heldSince.IsZero() {
		u.heldSince = time.Now()
		u.place.Dialer.Tell(fmt.Sprintf("another process on the server has %s open: waiting for at most %s", providers.Escape(u.name), u.place.Dialer.Waits.IO))
	}
	return time.Since(u.heldSince) < u.place.Dialer.Waits.IO
}

// fromBeginning sends the whole file where the server refused to go on.
func (u *upload) fromBeginning(ss *command.Session, refusal error) error {
	u.place.cannotResume(refusal)
	u.startAnew()
	if ss.Broken {
		return refusal
	}
	return u.deliver(ss)
}

// startAnew makes the next transfer begin at 0.
func (u *upload) startAnew() {
	u.part, u.sent, u.from = false, false, 0
	u.resume.Restart()
}

// resumes reports whether it makes sense to look for a part.
func (p *Place) resumes() bool {
	return p.Dialer.Settings.TransferOptions().Resume.Or(true) && !p.noResume.Load()
}

// cannotResume remembers, and tells once, that the server does not go on with
// files.
func (p *Place) cannotResume(refusal error) {
	if p.noResume.Swap(true) {
		return
	}
	p.Dialer.Tell(fmt.Sprintf("the server cannot resume uploads (%s): interrupted files are sent again from their beginning",
		providers.Escape(refusal.Error())))
}

// verifiesSums reports whether sums of the server are asked for: then they prove parts of
// any size.
func (p *Place) verifiesSums() bool {
	return p.Dialer.Settings.TransferOptions().Verify == providers.VerifyHash
}
