package disk

import (
	"io/fs"
	"sync"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
)

// room is what a disk holds at most, in bytes; 0: any number.
type room int64

// mu lets one file grow at a time: all files of a disk share its room.
var mu sync.Mutex

// limitedFile grows only as far as its disk has room: what it cannot take gets the
// 552 of a quota.
type limitedFile struct {
	afero.File
	disk plain
}

func (f limitedFile) Write(p []byte) (int, error) {
	mu.Lock()
	defer mu.Unlock()
	used := int64(0)
	err := afero.Walk(f.disk.Fs, "/", func(_ string, info fs.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			used += info.Size()
		}
		return nil // what vanished takes no room
	})
	if err == nil && used+int64(len(p)) > int64(f.disk.room) {
		return 0, ftpserver.ErrStorageExceeded
	}
	return f.File.Write(p)
}
