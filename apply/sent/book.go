package sent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Book is a folder of records, one for each file of at least one block that is
// on its way.
type Book struct{ dir string }

// In keeps records in dir, which is made with the first of them.
func In(dir string) *Book { return &Book{dir} }

const suffix = ".sent"

// File is a file of a source that is sent to a destination.
type File struct {
	Place   string    `json:"place"`   // where the destination is, the same in every run
	Address string    `json:"address"` // of the set
	Path    string    `json:"path"`    // in the set
	Size    int64     `json:"size"`    // bytes
	ModTime time.Time `json:"mtime"`
}

type header struct {
	Format string `json:"format"`
	Block  int64  `json:"block"`
	File
}

const format = "vmxsync.sent/1"

// Record is that of one file, which may not exist yet.
func (b *Book) Record(f File) *Record {
	f.ModTime = f.ModTime.UTC()
	head, err := json.Marshal(header{format, BlockBytes, f})
	if err != nil {
		panic(err) // strings, numbers and times of four-digit years always encode
	}
	return &Record{path: b.path(f), head: append(head, '\n'), blocks: f.Size / BlockBytes, size: f.Size}
}

// Forget removes the record of a file that arrived, or is not sent any more.
func (b *Book) Forget(f File) error {
	err := os.Remove(b.path(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// path does not depend on size and time: a file has one record at most.
func (b *Book) path(f File) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", f.Place, f.Address, f.Path))
	return filepath.Join(b.dir, hex.EncodeToString(sum[:16])+suffix)
}

// Sweep removes the records that were not written since a time: of uploads that
// nobody went on with.
func (b *Book) Sweep(since time.Time) error {
	entries, err := os.ReadDir(b.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		info, statErr := e.Info()
		if statErr != nil || !strings.HasSuffix(e.Name(), suffix) || !info.Mode().IsRegular() || !info.ModTime().Before(since) {
			continue
		}
		err = errors.Join(err, os.Remove(filepath.Join(b.dir, e.Name())))
	}
	return err
}
