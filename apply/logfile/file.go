package logfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
	"github.com/vmxsync/vmxsync/state/config"
)

// File is an open log. It is safe for concurrent use.
type File struct {
	log config.Log

	mu     sync.Mutex
	file   *os.File // nil: closed, or not there since it was turned
	size   int64
	torn   bool  // the file does not end with a whole line
	err    error // the first one
	closed bool
}

// Open goes on behind what the file holds already. It is created, in a folder
// that is there, and readable by its user alone.
func Open(log config.Log) (*File, error) {
	f := &File{log: log}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) open() error {
	if err := regular.Check(f.log.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return providers.WithHint(err, "Name a regular file in the log block: a pipe blocks until somebody reads it, and a symbolic link cannot be rotated.")
	}
	file, err := openShared(f.log.File)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.file, f.size, f.torn = file, info.Size(), tornAt(file, info.Size())
	return nil
}

// tornAt reports whether a process was cut while it wrote the last line.
func tornAt(file *os.File, size int64) bool {
	last := make([]byte, 1)
	if size == 0 {
		return false
	}
	_, err := file.ReadAt(last, size-1)
	return err == nil && last[0] != '\n'
}

// Write appends a line, which ends with a line end. It returns no error: see Err.
func (f *File) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.keep(f.append(line))
	}
	return len(line), nil
}

func (f *File) append(line []byte) error {
	if f.size > 0 && f.size+int64(len(line)) > f.log.MaxSize {
		f.keep(f.turn())
	}
	if f.file == nil {
		if err := f.open(); err != nil {
			return err
		}
	}
	if f.torn {
		line = append([]byte("\n"), line...)
	}
	n, err := f.file.Write(line)
	f.size += int64(n)
	if n > 0 {
		f.torn = n < len(line)
	}
	return err
}

func (f *File) keep(err error) {
	if f.err == nil {
		f.err = err
	}
}

// Err is the first error, nil if all was written so far.
func (f *File) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Close ends the log; what is written afterwards is dropped.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil && !f.closed {
		f.keep(f.file.Close())
	}
	f.closed = true
	return f.err
}

// turn moves the files on by one. Where another process has done so meanwhile,
// it is enough to open the new one.
func (f *File) turn() error {
	if f.file == nil {
		return nil
	}
	ours, err := f.file.Stat()
	if err != nil {
		return err
	}
	f.file.Close()
	f.file, f.size = nil, 0
	there, err := os.Stat(f.log.File)
	if err != nil || !os.SameFile(ours, there) {
		return nil
	}
	last := f.log.MaxFiles - 1
	if last == 0 {
		return os.Remove(f.log.File)
	}
	for n := f.vacant(last); n > 0; n-- {
		if err := os.Rename(f.numbered(n-1), f.numbered(n)); err != nil {
			return err
		}
	}
	return nil
}

// vacant is the first number that no file has, or the last one. No more than
// that is moved: where the log itself cannot be, because a program of Windows
// reads it, each further try would push another old one out.
func (f *File) vacant(last int) int {
	for n := 1; n < last; n++ {
		if _, err := os.Lstat(f.numbered(n)); errors.Is(err, fs.ErrNotExist) {
			return n
		}
	}
	return last
}

// numbered is the name of an older file; that of 0 is the file itself.
func (f *File) numbered(n int) string {
	if n == 0 {
		return f.log.File
	}
	return fmt.Sprintf("%s.%d", f.log.File, n)
}
