package statedir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// For each root that a configuration has used, there is a mark and a copy of the record
// of complete sets. If the root no longer has an owner, most likely a disk is not mounted
// or the server is another one, and nothing must be sent there.

// Used reports whether the root at a location was used before. Without a state directory
// nothing was remembered.
func (d Dir) Used(location string) (bool, error) {
	path, err := d.mark(location)
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, providers.WithHint(fmt.Errorf("state directory: %w", err), Hint)
	}
	return true, nil
}

// Use records that the root at a location is used, and keeps a copy of its record, if
// there is one.
func (d Dir) Use(location string, record *known.Record) error {
	path, err := d.mark(location)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(location+"\n"), 0o600); err != nil || record == nil {
		return err
	}
	data, err := record.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path+".known")
}

// Record is the local copy of the record of a place; nil if there is none.
func (d Dir) Record(location string) (*known.Record, error) {
	path, err := d.mark(location)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path + ".known")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return known.Decode(data)
}

func (d Dir) mark(location string) (string, error) { return d.file("places", location, 32, "") }
