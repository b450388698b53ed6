package tree

import (
	"errors"

	"github.com/vmxsync/vmxsync/providers/dircache"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/folder"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/status"
)

// ErrNoRoot is the error of a root that is missing.
var ErrNoRoot = errors.New("the root does not exist")

// Tree is what stands at the paths of an account. All methods ask in the session that they
// are given, and take absolute paths.
type Tree struct {
	root    string
	Known   *dircache.Known
	Folders *folder.Lister
	Status  *status.Lister // Folders at less cost
}

// New knows nothing yet.
func New(root string) *Tree {
	known := &dircache.Known{}
	folders := folder.New(root, known)
	return &Tree{root: root, Known: known, Folders: folders, Status: status.New(root, folders, known)}
}
