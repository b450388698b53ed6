package command

import (
	"errors"
	"io/fs"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// session is one session with what is known of its server.
type Session struct {
	*wire.Session
	Server *Server

	hashing   string // the algorithm that HASH was set to
	away      bool   // it may stand in another folder than the root; see walk.go
	rootName  string // what PWD calls the root, without a slash at its end
	rootNamed bool   // PWD has been asked
}

// shared is what all sessions of a store know of their server.
type Server struct {
	Lines    Lines        // how long they may be
	blanks   atomic.Int32 // in the path of a LIST; blanksUnknown at first
	oddFacts atomic.Bool  // replies to MLST are not understood
}

// goHome goes back to the root at the end of a call with that result: some servers
// do not rename or remove a folder that a session is in. A session that cannot is
// not used again, and where it was lost, that something is missing is not believed:
// as in settle.
func (s *Session) GoHome(result error) error {
	if !s.away || s.Broken || s.Life.Err() != nil {
		return result
	}
	err := s.AnyPositive(s.Library.ChangeDir(s.Dialer.Settings.RootDir()))
	s.away, s.Broken = err != nil, err != nil
	if wire.IsLost(err) && errors.Is(result, fs.ErrNotExist) {
		return err
	}
	return result
}
