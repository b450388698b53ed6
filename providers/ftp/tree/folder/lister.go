package folder

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers/dircache"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
)

// ErrNotDir is the error of a listing where something else than a folder is.
var ErrNotDir = errors.New("is not a directory")

// Lister lists the folders of one account, and remembers what it has learned of its server.
// All methods ask in the session that they are given, and take absolute paths.
type Lister struct {
	root       string
	known      *dircache.Known // notes what is proven to be a folder
	dots       dots
	tellsLinks atomic.Bool // a listing has shown a link
}

// New makes the lister of an account with that root.
func New(root string, known *dircache.Known) *Lister { return &Lister{root: root, known: known} }

// ShowsLinks reports whether a listing has shown a link.
func (l *Lister) ShowsLinks() bool { return l.tellsLinks.Load() }

// Option is what a whole listing needs. To find out, the root is listed both ways once
// per store.
func (l *Lister) Option(ss *command.Session) (string, error) {
	option, _, err := l.dots.option(ss, l.root)
	return option, err
}

// MayHideDots reports whether nothing proves that LIST shows names with a dot.
func (l *Lister) MayHideDots() bool { return l.dots.mayBeHidden() }

// WouldHide reports whether a file at name, once stored, might be missing in every
// listing. The first element may begin with a dot: that is our own folder,
// which is addressed by its path and never looked for in a listing.
func (l *Lister) WouldHide(ss *command.Session, name string) (bool, error) {
	_, inner, _ := strings.Cut(name, "/")
	if !slices.ContainsFunc(strings.Split(inner, "/"), shown.IsDotName) {
		return false, nil
	}
	if _, err := l.Option(ss); err != nil {
		return false, err
	}
	return !ss.Has(command.MLST) && l.MayHideDots(), nil
}
