package lock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/vmxsync/vmxsync/providers"
)

// File is a lock among the processes of one user on one machine. The kernel
// frees it when its process ends.
type File struct {
	flock *flock.Flock
	self  Holder
}

// A file lock holds, behind one byte that Windows locks, a nonce, which is as
// old as the file, and who has it now.
const (
	nonceBytes  = 16
	noteAt      = 1 + 2*nonceBytes + 1
	noteBytes   = 255
	filePoll    = time.Second
	filePattern = "%s.lock"
)

// TakeFile takes the lock of key, which what names for people. A *HeldError
// says that another process still has it after patience.
func (m *Machine) TakeFile(ctx context.Context, what, key string, patience time.Duration) (*File, error) {
	f, err := m.openFile(key)
	if err != nil {
		return nil, fileFault(what, err)
	}
	for began := time.Now(); ; {
		got, err := f.TryLock()
		if err != nil {
			return nil, fileFault(what, err)
		}
		if got {
			return m.sign(what, f)
		}
		left := patience - time.Since(began)
		if left <= 0 {
			return nil, &HeldError{Destination: what, Holder: noted(f.Path()), Here: true}
		}
		if err := providers.Sleep(ctx, min(left, filePoll)); err != nil {
			return nil, err
		}
	}
}

// Held reports whether a process has the lock of key at this moment. It changes
// nothing, and where nobody ever took the lock it makes no file either.
func (m *Machine) Held(key string) (bool, error) {
	path := m.fileOf(key)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	f := flock.New(path)
	got, err := f.TryRLock()
	if err != nil {
		return false, fileFault("the last apply", err)
	}
	return !got, f.Unlock()
}

// openFile makes the folder; the file is made by whoever locks it.
func (m *Machine) openFile(key string) (*flock.Flock, error) {
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return nil, err
	}
	return flock.New(m.fileOf(key)), nil
}

// fileOf is the file of a lock.
func (m *Machine) fileOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(m.dir, fmt.Sprintf(filePattern, hex.EncodeToString(sum[:16])))
}

func fileFault(what string, err error) error {
	return providers.WithHint(fmt.Errorf("lock of %s: %w", what, err),
		"The state directory must be on a file system that supports file locks; set XDG_STATE_HOME to move it.")
}

// sign says in the file who has it.
func (m *Machine) sign(what string, f *flock.Flock) (*File, error) {
	nonce, err := nonceOf(f.Path())
	if err == nil {
		self := newHolder(m.id, m.host(nonce), time.Now())
		if err = note(f.Path(), self); err == nil {
			return &File{f, self}, nil
		}
	}
	return nil, errors.Join(fileFault(what, err), f.Unlock())
}

// nonceOf reads the nonce, or writes one into a new file.
func nonceOf(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var there [2 * nonceBytes]byte
	if _, err := f.ReadAt(there[:], 1); err == nil {
		return string(there[:]), nil
	} else if err != io.EOF {
		return "", err
	}
	fresh := random(nonceBytes)
	_, err = f.WriteAt([]byte(fresh+"\n"), 1)
	return fresh, err
}

func note(path string, self Holder) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%-*s\n", noteBytes, self), noteAt)
	return errors.Join(err, f.Close())
}

// noted is who said last that it has the file; zero where nobody has.
func noted(path string) Holder {
	f, err := os.Open(path)
	if err != nil {
		return Holder{}
	}
	defer f.Close()
	line := make([]byte, noteBytes)
	n, _ := f.ReadAt(line, noteAt)
	name := strings.TrimSpace(string(line[:n]))
	if name == "" {
		return Holder{}
	}
	return parseHolder(name)
}

// Release gives the lock back.
func (f *File) Release() error { return f.flock.Unlock() }
