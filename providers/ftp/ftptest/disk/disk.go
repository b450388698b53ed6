package disk

import (
	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
)

// Options are what a disk does as some server does, and others do not. The zero value
// does all as it should be.
type Options struct {
	FilesRenameOnly bool  // a rename of a folder is refused
	RestEmpties     bool  // whoever opens a file to write empties it
	Room            int64 // bytes that its files may have together; 0: no limit

	LinksAsTargets bool // a link is listed, and acted on, as what it points to
	MakesAgain     bool // a folder that is there can be made
	RemovesAll     bool // a folder is removed with all that is in it
	UpperListings  bool // listings show all names in upper case
	EmptyListings  bool // listings show nothing
	StaysInFolder  bool // nothing can be renamed into another folder
	NoRename       bool // nothing can be renamed
	NoDelete       bool // nothing can be deleted
	AheadClock     bool // times are three hours ahead
}

// New is the disk at root, which shows ghosts besides what is there.
func New(root string, ghosts *Ghosts, o Options) ftpserver.ClientDriver {
	held := plain{
		Fs: afero.NewBasePathFs(afero.NewOsFs(), root), ghosts: ghosts,
		filesRenameOnly: o.FilesRenameOnly, restEmpties: o.RestEmpties, room: room(o.Room),
	}
	odd := o
	odd.FilesRenameOnly, odd.RestEmpties, odd.Room = false, false, 0
	if odd == (Options{}) {
		return held
	}
	return quirky{held, o}
}
