package ftp

import (
	"fmt"

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
	held, err := ss.size(u.path)
	switch {
	case refusesPath(err) || unknownCommand(err):
		return nil
	case err != nil:
		return err
	case held == 0 || held > u.body.Size():
		return nil
	}
	if u.proof == nil || u.proof.held != held {
		u.proof = &proof{body: u.body, held: held, step: func() { u.steps++ }}
	}
	bySum := held <= hashedPart || u.store.Verification() == providers.VerifyHash
	same, err := u.proof.holds(ss, u.path, bySum)
	if answered(err) && !ss.broken {
		u.store.cannotResume(err) // what cannot be read cannot be proven
		return nil
	}
	if err != nil || !same {
		return err
	}
	u.from = held
	u.advance()
	return nil
}

// advance counts a larger proven part as progress, if there is some to it: an
// upload must not go on for ever by single bytes.
func (u *upload) advance() {
	if u.from-u.furthest >= min(u.body.Size(), max(u.body.Size()/1000, 64<<10)) {
		u.furthest = u.from
		u.steps++
	}
}

// progressed tells whether the last try brought the upload forward.
func (u *upload) progressed() bool {
	forward := u.steps > u.seen
	u.seen = u.steps
	return forward
}

// fromBeginning sends the whole file where the server refused to go on.
func (u *upload) fromBeginning(ss *session, refusal error) error {
	u.store.cannotResume(refusal)
	u.startAnew()
	if ss.broken {
		return refusal
	}
	return u.send(ss)
}

// startAnew makes the next transfer begin at 0.
func (u *upload) startAnew() {
	u.part, u.from = false, 0
}

// resumes tells whether it makes sense to look for a part.
func (s *Store) resumes() bool {
	return s.dialer.settings.transfer().Resume.Or(true) && !s.noResume.Load()
}

// cannotResume remembers, and tells once, that the server does not go on with
// files.
func (s *Store) cannotResume(refusal error) {
	if s.noResume.Swap(true) {
		return
	}
	s.dialer.tell(fmt.Sprintf("the server does not go on with a file that was cut (%s): such files are sent again from their beginning",
		providers.Escape(refusal.Error())))
}
