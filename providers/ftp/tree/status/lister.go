package status

import (
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers/dircache"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/folder"
)

// Lister lists folders by STAT in the sessions that have proven it, and by the listings of
// an account in all others.
type Lister struct {
	root    string
	folders *folder.Lister
	known   *dircache.Known // notes what is proven to be a folder

	proven provenSize                 // of replies to STAT
	seen   atomic.Pointer[provenRoot] // by the session that has proven STAT last; nil: none has
	made   atomic.Int64               // how many folders were made

	changed atomic.Int32 // how often the root was found in flux

	sending   chan struct{} // full while the first session sends several STAT at once
	sentAhead atomic.Bool   // one has, and was answered
}

// New proves nothing yet.
func New(root string, folders *folder.Lister, known *dircache.Known) *Lister {
	return &Lister{root: root, folders: folders, known: known, sending: make(chan struct{}, 1)}
}

// FolderMade notes that a folder was made: then an empty root is worth another proof.
func (l *Lister) FolderMade() { l.made.Add(1) }
