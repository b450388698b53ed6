package ftp

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// findStart finds out how much of the file the server holds, and where the
// transfer begins: behind that, if it is proven to be how the body begins, else
// at 0. By REST and STOR alone: APPE would go on behind whatever came since.
func (u *upload) findStart(ss *session) error {
	u.from = 0
	if !u.part || !u.store.resumes() {
		return nil
	}
	held, err := u.store.heldBytes(ss, u.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || refusesPath(err) || unknownCommand(err):
		return nil
	case err != nil:
		return err
	case held == 0:
		return nil
	case u.isStuck(held):
		return nil
	case held > u.body.Size():
		return unlessRefused(ss.deleteFile(u.path))
	}
	if u.proof == nil || u.proof.held != held {
		u.proof = &proof{body: u.body, held: held, step: func() { u.forward(held) }}
	}
	bySum := held <= hashedPart || u.store.Verification() == providers.VerifyHash
	same, err := u.proof.holds(ss, u.path, bySum)
	if err == nil && same {
		same, err = u.proof.unrecorded(ss, u.path)
	}
	if answered(err) && !ss.broken && !isHeld(err) {
		u.store.cannotResume(err) // what cannot be read cannot be proven
		return nil
	}
	if err != nil {
		return u.unproven(err)
	}
	if !same {
		return nil
	}
	u.from = held
	u.forward(held)
	u.furthest = max(u.furthest, held)
	u.store.dialer.tell(fmt.Sprintf("resuming at %d of %d bytes: %s", held, u.body.Size(), providers.Escape(u.name)))
	return nil
}

// isStuck reports whether the part has not grown in two tries, each of which the server
// refused after it took bytes: it may not be able to go on with this file.
func (u *upload) isStuck(held int64) bool {
	if u.refusedAt != held {
		u.stuck = 0
		return false
	}
	u.stuck, u.refusedAt = u.stuck+1, 0
	return u.stuck >= tries-1
}

// unproven gives up a part of which nothing could be compared twice: what
// cannot be proven is sent again.
func (u *upload) unproven(err error) error {
	if !isLocal(err) {
		u.failures++
	}
	if u.failures == tries-1 {
		u.startAnew()
	}
	return err
}

// forward counts progress towards a part of held bytes, if there is some to it:
// an upload must not go on for ever by single bytes. A leap is so large that it
// counts also where the line stood still in between.
func (u *upload) forward(held int64) {
	size, step := u.body.Size(), held-u.furthest
	if step >= min(size, max(size/1000, 64<<10)) {
		u.steps++
		u.failures = 0
	}
	u.leapt = u.leapt || step >= min(size, max(size/100, 64<<20))
}

// progressed reports whether the last try, which ended with err, brought the upload
// forward. A black hole that swallows a little each time does not.
func (u *upload) progressed(err error) bool {
	if isHeld(err) {
		return u.patient()
	}
	u.heldSince = time.Time{}
	forward := u.steps > u.seen && (u.leapt || !isSlow(err))
	u.seen, u.leapt = u.steps, false
	return forward
}

// patient reports whether it is still worth to wait for a file that another process at
// the server has: no session that was lost lives longer than timeouts.io.
func (u *upload) patient() bool {
	if u.heldSince.IsZero() {
		u.heldSince = u.store.now()
		u.store.dialer.tell(fmt.Sprintf("another process on the server has %s open: waiting for at most %s", providers.Escape(u.name), u.store.dialer.waits.io))
	}
	return u.store.now().Sub(u.heldSince) < u.store.dialer.waits.io
}

// fromBeginning sends the whole file where the server refused to go on.
func (u *upload) fromBeginning(ss *session, refusal error) error {
	u.store.cannotResume(refusal)
	u.startAnew()
	if ss.broken {
		return refusal
	}
	return u.deliver(ss)
}

// startAnew makes the next transfer begin at 0.
func (u *upload) startAnew() {
	u.part, u.sent, u.from, u.seam = false, false, 0, 0
}

// resumes reports whether it makes sense to look for a part.
func (s *Store) resumes() bool {
	return s.dialer.settings.transfer().Resume.Or(true) && !s.noResume.Load()
}

// cannotResume remembers, and tells once, that the server does not go on with
// files.
func (s *Store) cannotResume(refusal error) {
	if s.noResume.Swap(true) {
		return
	}
	s.dialer.tell(fmt.Sprintf("the server cannot resume uploads (%s): interrupted files are sent again from their beginning",
		providers.Escape(refusal.Error())))
}
