package lastrun

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/providers/regular"
)

// Format is the format of records. Members may be added to it.
const Format = "vmxsync.run/1"

// Record is what is known of one apply.
type Record struct {
	Format string    `json:"format"`
	Name   string    `json:"name"`             // of the configuration
	Run    string    `json:"run_id,omitempty"` // "" as long as there is no plan
	PID    int       `json:"pid"`
	Began  time.Time `json:"began"`
	// Progress is when it last got any further, of the machine's clock.
	Progress time.Time `json:"progress"`
	Changes  int       `json:"changes"` // of its plan; 0 as long as there is none
	Done     int       `json:"done"`    // of these
	Bytes    int64     `json:"bytes"`   // to upload
	Sent     int64     `json:"sent"`    // of these
	Ended    time.Time `json:"ended,omitzero"`
	Result   string    `json:"result,omitempty"` // "success", "failure", "skipped"; "" without an end
	ExitCode int       `json:"exit_code"`        // means nothing without an end
	Unsent   int       `json:"unsent,omitempty"` // notifications that failed
}

// HasEnded reports whether the apply came to its end.
func (r Record) HasEnded() bool { return !r.Ended.IsZero() }

// ErrTorn is a record that is damaged, too large, or not one of ours.
var ErrTorn = errors.New("the record of the last apply cannot be read")

// maxRecord bounds what is read, in bytes; a record has some 400.
const maxRecord = 64 << 10

// Read reads the record at path. If there is no file, the error wraps
// fs.ErrNotExist; a damaged one is ErrTorn.
func Read(path string) (Record, error) {
	f, err := regular.OpenItself(path)
	if err != nil {
		return Record{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err != nil {
		return Record{}, err
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil || r.Format != Format || r.Began.IsZero() || len(data) > maxRecord {
		return Record{}, fmt.Errorf("%s: %w", path, ErrTorn)
	}
	return r, nil
}

// Write replaces the record at path, and survives a power cut. The folder is made.
func Write(path string, r Record) error { return write(path, r, (*os.File).Sync) }

// Update is Write without waiting for the disk, for what is written often.
func Update(path string, r Record) error {
	return write(path, r, func(*os.File) error { return nil })
}

// write goes through one file beside the record: whoever is killed here leaves no
// more than that. Only the holder of the lock of the record writes.
func write(path string, r Record, sync func(*os.File) error) error {
	r.Format = Format
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := regular.Write(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if err := errors.Join(err, sync(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
