package providers

import (
	"context"
	"io"
	"io/fs"
	"path"
	"time"
)

// Store is one place where backups live, seen from its root.
//
// Paths are slash-separated, relative to the root and valid in the sense of
// io/fs.ValidPath; "." is the root itself. All methods may be called
// concurrently; a store runs at most Traits().Sessions of them at once and
// lets the others wait.
//
// Every method returns soon after ctx is done, with an error that wraps
// ctx.Err(). Errors wrap io/fs.ErrNotExist, ErrExist and ErrPermission, and
// the sentinels of this package, wherever the place tells these apart.
type Store interface {
	// List returns the entries of the directory dir, sorted by name, without
	// "." and "..", symbolic links as Link and never followed. The listing is
	// whole, or the error is not nil and the listing nil: nobody acts on half
	// a listing; who can do with the entries that were understood finds them in
	// a PartialListing. A missing directory is fs.ErrNotExist, never an empty
	// listing. Names are as the place gives them and may be hostile: see
	// CheckName.
	List(ctx context.Context, dir string) ([]File, error)

	// Stat returns what is known about one path, without following a link.
	// A missing path is fs.ErrNotExist.
	Stat(ctx context.Context, path string) (File, error)

	// Open reads a regular file from offset (bytes) on. Closing the reader
	// before its end is no error. A missing file is fs.ErrNotExist, told by
	// Open or by the first Read.
	Open(ctx context.Context, path string, offset int64) (io.ReadCloser, error)

	// Put writes body to path from its beginning, replacing a regular file
	// that is there, and makes missing parent directories. After an error, a
	// part of the file may be there, under path and nowhere else. A nil error
	// means that the place acknowledged all bytes, not that they are there:
	// callers compare sizes.
	Put(ctx context.Context, path string, body Body) error

	// Rename moves a file or a directory with all it contains, and makes the
	// missing parents of to. If to is there, of whatever kind, it fails with
	// fs.ErrExist and changes nothing; a missing from is fs.ErrNotExist. After
	// any other error the move may or may not have happened: callers list.
	Rename(ctx context.Context, from, to string) error

	// Remove deletes one regular file, one link or one empty directory. It
	// never enters a directory. A missing path is fs.ErrNotExist; a directory
	// that is not empty is an error and stays as it is.
	Remove(ctx context.Context, path string) error

	// Traits are the facts about this place that callers may branch on.
	Traits() Traits

	// Close ends all sessions. It waits for nothing but its own goodbyes.
	Close() error
}

// Body is the content of a Put: of known size, and rewindable, because retry
// and resume have to read it again.
type Body interface {
	// Size is the number of bytes that Open(0) delivers.
	Size() int64
	// Open starts reading at offset (bytes, 0 <= offset <= Size).
	Open(offset int64) (io.ReadCloser, error)
}

// Traits are facts about a place, not wishes.
type Traits struct {
	// Sessions is the number of calls that run at the same time, at least 1.
	Sessions int
	// TimeStep is the granularity of File.ModTime; 0 where it is exact.
	TimeStep time.Duration
	// Limits are those of names. NameBytes is known here: 255 where the place does
	// not tell.
	Limits
	// LinksHidden is true where nothing proves that a link would be listed as
	// one: a folder, and all that is in it, may be another's.
	LinksHidden bool
	// MovesUnproven is true where only trying shows whether a folder can be renamed
	// into another folder.
	MovesUnproven bool
}

// Kind is the kind of an entry.
type Kind string

// The kinds of entries that a listing tells apart.
const (
	Regular Kind = "file"
	Dir     Kind = "dir"
	Link    Kind = "link"
	Other   Kind = "other" // devices, sockets, whatever a server calls by another name
)

// File is what a place says about one entry.
type File struct {
	Path    string    // from the root of the store
	Kind    Kind      //
	Size    int64     // bytes, of a regular file
	ModTime time.Time // UTC, in steps of Traits.TimeStep; zero: not known
	ID      string    // identity on a local disk (device and inode); "" elsewhere
	// Mode are the permissions of a file on a disk that has them; 0: not known.
	Mode    fs.FileMode
	Changed string // when content or attributes changed, by the disk's own clock, which nobody sets back; "": not known
}

// Name is the last element of the path.
func (f File) Name() string { return path.Base(f.Path) }

// Folder is a store whose root is a folder of this machine. Such a root may be
// an empty mount point, and may be the folder of another place by another name.
type Folder interface {
	// Folder is the absolute path of the root.
	Folder() string
}

// As finds the optional interface T in s or, through wrappers that have an
// Unwrap method, in the store that s wraps.
func As[T any](s Store) (T, bool) {
	for s != nil {
		if t, ok := s.(T); ok {
			return t, true
		}
		w, ok := s.(interface{ Unwrap() Store })
		if !ok {
			break
		}
		s = w.Unwrap()
	}
	var none T
	return none, false
}
