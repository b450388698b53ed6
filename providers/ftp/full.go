package ftp

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// probeName is a file of one byte that tells a full disk from other trouble. It
// lies beside the file that failed, for a moment.
const probeName = "vmxsync-probe"

// suspectFull: of a full disk most servers say 451 or 426, as of trouble that
// passes, and pyftpdlib says nothing at all.
func (u *upload) suspectFull(err error) error {
	r, refused := errors.AsType[*refusal](err)
	u.suspect = refused && (r.code == 426 || r.code == 450 || r.code == 451) || isLost(err) && u.moved > 0
	return err
}

// ruleOutFull stores one byte, which a full disk refuses as well.
func (u *upload) ruleOutFull(ss *session) error {
	if !u.suspect {
		return nil
	}
	u.suspect = false
	probe := path.Join(path.Dir(u.path), probeName)
	err := ss.transferred(ss.library.Stor(probe, strings.NewReader("x")))
	if err == nil {
		err = ss.proveByte(probe)
	}
	gone := ss.lenient(ss.library.Delete(probe))
	switch {
	case isFull(err):
		return fmt.Errorf("%w: not even one byte could be stored: %w", providers.ErrFull, err)
	case err != nil:
		return err
	case refusesPath(gone):
		return nil // it was never made
	}
	return gone
}

func (s *session) proveByte(name string) error {
	held, err := s.size(name)
	if unknownCommand(err) {
		return nil
	}
	if err == nil && held != 1 {
		err = &short{held: held, size: 1}
	}
	return err
}

// isFull judges how a store of one byte failed.
func isFull(err error) bool {
	if r, refused := errors.AsType[*refusal](err); refused {
		return errors.Is(err, providers.ErrFull) || r.code == 426 || r.code == 450 || r.code == 451
	}
	_, cut := errors.AsType[*short](err)
	return cut
}
