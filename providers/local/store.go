package local

import (
	"os"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Store is a providers.Store on a folder.
type Store struct {
	root     *os.Root
	limits   providers.Limits
	turns    turns
	pace     *providers.Pace // of what is sent
	received *providers.Pace // of what is read
	verify   string
}

func newStore(root *os.Root, s *Settings) *Store {
	sent, received := s.paces()
	return &Store{root: root, limits: disk.Limits(root.Name()), turns: make(turns, s.Connections), pace: sent, received: received, verify: s.verify()}
}

// Traits are those of common file systems, with the limits of this one as far
// as it tells.
func (s *Store) Traits() providers.Traits {
	return providers.Traits{Sessions: cap(s.turns), Limits: s.limits}
}

// Folder is the absolute path of the root on this machine.
func (s *Store) Folder() string { return s.root.Name() }

// Close makes later calls fail with fs.ErrClosed.
func (s *Store) Close() error { return s.root.Close() }
