package statedir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/providers/regular"
	"github.com/vmxsync/vmxsync/state/config"
)

// The notify blocks of the last valid configuration are kept in the state directory,
// as in plans: with references in place of secrets. They are used if the files of the
// configuration can no longer be read.

const (
	lastNotifiesFormat = "vmxsync.notify/1"
	maxLastNotifies    = 4 << 20 // bytes
)

// Notifies are the notify blocks of a configuration.
type Notifies struct {
	Format   string          `json:"format"`
	Dir      string          `json:"dir"` // of the configuration
	Name     string          `json:"name"`
	Since    time.Time       `json:"since"` // when it was written
	Notifies []config.Notify `json:"notifies"`
}

// KeepNotifies records the notify blocks of a configuration.
func (d Dir) KeepNotifies(now Notifies) error {
	path, err := d.file("notify", now.Dir, 16, ".json")
	if err != nil {
		return nil // the apply fails for it
	}
	now.Format = lastNotifiesFormat
	old, err := readNotifies(path)
	if err == nil && old.same(now) || errors.Is(err, fs.ErrNotExist) && len(now.Notifies) == 0 {
		return nil
	}
	return now.write(path)
}

// LastNotifies returns the notify blocks of the last valid configuration in dir.
func (d Dir) LastNotifies(dir string) (Notifies, error) {
	path, err := d.file("notify", dir, 16, ".json")
	if err != nil {
		return Notifies{}, fs.ErrNotExist
	}
	return readNotifies(path)
}

// same reports whether both have the same notify blocks.
func (l Notifies) same(other Notifies) bool {
	l.Since = other.Since
	a, errA := json.Marshal(l)
	b, errB := json.Marshal(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func (l Notifies) write(path string) error {
	doc, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return files.Replace(path, append(doc, '\n'), 0o600)
}

func readNotifies(path string) (Notifies, error) {
	var l Notifies
	f, err := regular.OpenItself(path)
	if err != nil {
		return l, err
	}
	defer f.Close()
	doc, err := io.ReadAll(io.LimitReader(f, maxLastNotifies))
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(doc, &l); err != nil {
		return l, fmt.Errorf("%s: %w", path, err)
	}
	if l.Format != lastNotifiesFormat {
		return l, fmt.Errorf("%s: its format is %q, not %q", path, l.Format, lastNotifiesFormat)
	}
	return l, nil
}
