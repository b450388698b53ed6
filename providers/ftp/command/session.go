package command

import (
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// Session is one session with what is known of its server.
type Session struct {
	*wire.Session
	Server *Server

	StatusWay     int32  // how it lists folders by STAT
	StatusEnd     string // the text of the last line of its replies
	StatusRefuses bool   // STAT refuses a folder that is missing
	StatusAhead   bool   // several STAT at once have been answered as one by one
	StatusEmpty   int64  // 1 and how many folders were made when the root was empty; 0: it was not
	hashing       string // the algorithm that HASH was set to
	away          bool   // it may stand in another folder than the root; see walk.go
	rootName      string // what PWD calls the root, without a slash at its end
	rootNamed     bool   // PWD has been asked
}

// Server is what all sessions of a store know of their server.
type Server struct {
	Lines    Lines        // how long they may be
	blanks   atomic.Int32 // in the path of a LIST; blanksUnknown at first
	oddFacts atomic.Bool  // replies to MLST are not understood
	noStatus atomic.Bool  // no folder is listed by STAT
	noAhead  atomic.Bool  // not several STAT at once
}
