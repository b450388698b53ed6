package local

import (
	"os"

	"github.com/vmxsync/vmxsync/providers"
)

// Store is a providers.Store on a folder.
type Store struct {
	root   *os.Root
	turns  chan struct{} // one token per call under way, a reader included
	pace   *providers.Pace
	verify string
}

func newStore(root *os.Root, s *Settings) *Store {
	return &Store{root: root, turns: make(chan struct{}, s.Connections), pace: s.pace(), verify: s.verify()}
}

// Traits are those of common file systems.
func (s *Store) Traits() providers.Traits {
	return providers.Traits{Sessions: cap(s.turns), NameBytes: 255}
}

// Folder is the absolute path of the root on this machine.
func (s *Store) Folder() string { return s.root.Name() }

// Close makes later calls fail with fs.ErrClosed.
func (s *Store) Close() error { return s.root.Close() }
