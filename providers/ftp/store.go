package ftp

import (
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/tree"
	"github.com/vmxsync/vmxsync/providers/ftp/upload"
)

// Store is the content of one account below its root. The moves stand in the files of
// their names.
type Store struct {
	paths
	*calls
	tree    *tree.Tree
	uploads *upload.Place
}

// Traits are facts of the protocol, and of the server once there was a
// session. Without MLSD, old entries are listed with their day alone.
func (s *Store) Traits() providers.Traits {
	t := providers.Traits{
		Sessions:      s.pool.Sessions(),
		MovesUnproven: true,
		TimeStep:      time.Second,
		Limits:        providers.Limits{NameBytes: 255, PathBytes: s.pathBytes()},
	}
	if s.asked.Load() && !s.mlsd.Load() {
		t.TimeStep = 24 * time.Hour
		t.LinksHidden = !s.tree.Folders.ShowsLinks() // Twisted lists a link as what it points to
	}
	return t
}

// Close ends all sessions within two seconds. Calls that run fail.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
