package upload

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// probeName is a file of one byte that tells a full disk from other trouble,
// with a number of its own: several uploads may probe at the same time.
const probeName = "vmxsync-probe~%08x"

// probePath lies in the topmost folder of the file, which for what is staged is
// our own: one that is left behind is in nobody's set.
func probePath(u *upload) string {
	top, _, below := strings.Cut(u.name, "/")
	if !below {
		top = "."
	}
	return path.Join(u.place.Absolute(top), fmt.Sprintf(probeName, rand.Uint32()))
}

// suspectFull: of a full disk most servers say 451 or 426, as of trouble that
// passes, and pyftpdlib says nothing at all.
func (u *upload) suspectFull(ss *command.Session, err error) error {
	if errors.Is(err, providers.ErrFull) {
		return withRoomLeft(ss, path.Dir(u.path), err)
	}
	u.suspect = suspectsFull(err) || wire.IsLost(err) && u.moved > 0
	return err
}

func suspectsFull(err error) bool {
	r, refused := errors.AsType[*wire.Refusal](err)
	return refused && (r.Code == 426 || r.Code == 450 || r.Code == 451)
}

// ruleOutFull stores one byte, which a full disk refuses as well.
func (u *upload) ruleOutFull(ss *command.Session) error {
	if !u.suspect {
		return nil
	}
	u.suspect = false
	probe := probePath(u)
	err := storeByte(ss, probe)
	gone := ss.DeleteFile(probe)
	switch {
	case isFull(err):
		return fmt.Errorf("%w: the server also refused a file of one byte: %w", providers.ErrFull, withRoomLeft(ss, path.Dir(probe), err))
	case err != nil:
		return err
	case wire.RefusesPath(gone):
		return nil // it was never made
	}
	return gone
}

// storeByte believes in no byte that the server does not show. pyftpdlib has no
// answer for a full disk, and holds an empty file.
func storeByte(s *command.Session, name string) error {
	s.Probing = true
	err := s.Store(name, strings.NewReader("x"), 0, func() {})
	s.Probing = false
	if wire.Answered(err) || s.Life.Err() != nil {
		return err
	}
	s.Patience(0)
	held := proveByte(s, name)
	if _, cut := errors.AsType[*retry.Short](held); cut || err == nil {
		return held
	}
	return err
}

func proveByte(s *command.Session, name string) error {
	held, err := command.Size(s, name)
	if wire.UnknownCommand(err) || wire.RefusesPath(err) {
		return nil // that it is not to be seen proves nothing
	}
	if err == nil && held != 1 {
		err = &retry.Short{Held: held, Size: 1}
	}
	return err
}

// isFull judges how a store of one byte failed.
func isFull(err error) bool {
	if errors.Is(err, providers.ErrFull) || suspectsFull(err) {
		return true
	}
	_, cut := errors.AsType[*retry.Short](err)
	return cut
}

// withRoomLeft adds what the server says is left (AVBL,
// draft-peterson-streamlined-ftp-command-extensions), if it does.
func withRoomLeft(s *command.Session, dir string, err error) error {
	if s.Broken || !s.Has("AVBL") {
		return err
	}
	reply, silent := s.SayAt(213, "AVBL", dir)
	left, odd := listing.Size(strings.TrimSpace(reply))
	if silent != nil || odd != nil {
		return err
	}
	return fmt.Errorf("%w (AVBL reports %d bytes free)", err, left)
}
