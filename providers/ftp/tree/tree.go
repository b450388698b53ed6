package tree

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers/dircache"
)

var (
	errNotDir = errors.New("is not a directory")
	ErrNoRoot = errors.New("the root does not exist")
)

// Tree is what a store has found out about the directories of its account. All methods
// ask in the session that they are given, and take absolute paths.
type Tree struct {
	root  string
	now   func() time.Time
	Known dircache.Known

	hidden     atomic.Int32 // what is shown of names with a dot
	tellsLinks atomic.Bool  // a listing has shown a link

	proven provenSize                 // of replies to STAT
	seen   atomic.Pointer[provenRoot] // by the session that has proven STAT last; nil: none has
	made   atomic.Int64               // how many folders were made

	sending   chan struct{} // full while the first session sends several STAT at once
	sentAhead atomic.Bool   // one has, and was answered
}

// New knows nothing yet.
func New(root string) *Tree { return &Tree{root: root, now: time.Now, sending: make(chan struct{}, 1)} }

// ShowsLinks reports whether a listing has shown a link.
func (t *Tree) ShowsLinks() bool { return t.tellsLinks.Load() }
