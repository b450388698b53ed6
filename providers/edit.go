package providers

import (
	"context"
	"io"
	"io/fs"
	"time"
)

// Editor is a store whose files can be written anywhere.
type Editor interface {
	// Edit opens a regular file to be written anywhere in it, and makes it and its missing
	// parent directories where it is absent. What was never written of it reads as zeros,
	// and takes no room where the place can do that. It follows no link. The caller closes
	// the file; the call itself occupies no session meanwhile.
	Edit(ctx context.Context, path string) (EditedFile, error)
	// SetModTime sets the time of a file.
	SetModTime(ctx context.Context, path string, t time.Time) error
}

// EditedFile is an open file. Its methods are those of os.File.
type EditedFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
	Stat() (fs.FileInfo, error)
}
