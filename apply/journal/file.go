package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// Open opens the journal at path for the apply h, or makes a new one. A cut
// last line is dropped; the journal of another apply is moved to path + ".old",
// replacing what is there. A path that cannot be written is an error, and so
// is a damaged journal: see ErrDamaged.
func Open(path string, h Header, now func() time.Time) (*Journal, error) {
	past, data, err := load(path)
	if err != nil {
		return nil, err
	}
	if past != nil && !past.header.sameApply(h) {
		if err := SetAside(path); err != nil {
			return nil, err
		}
		past, data = nil, nil
	}
	whole := 0
	if past != nil {
		whole = past.whole
	}
	log, err := openLog(path, int64(whole))
	if err != nil {
		return nil, notAJournal(err)
	}
	j, err := Resume(log, data[:whole], h, now)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", path, err), log.Close())
	}
	return j, nil
}

// Read reads the journal at path as it is and changes nothing there: what is
// recorded is not kept. A missing journal, and that of another apply than h,
// reads as an empty one; a damaged one is ErrDamaged.
func Read(path string, h Header, now func() time.Time) (*Journal, error) {
	past, _, err := load(path)
	if err != nil {
		return nil, err
	}
	if past == nil || !past.header.sameApply(h) {
		past = newHistory(h)
	}
	return &Journal{log: nowhere{}, now: now, history: past}, nil
}

// Begun reports whether the apply with that run id has begun according to the journal
// at path: a step was started, or all that were are known. It changes nothing; a
// missing journal has not begun.
func Begun(path, run string) (bool, error) {
	past, _, err := load(path)
	return past != nil && (past.begun || len(past.steps) > 0) && past.header.Run == run, err
}

// SetAside moves the journal at path to path + ".old". A missing one is fine; what
// is no regular file is refused, and stays where it is.
func SetAside(path string) error {
	err := regular.Check(path)
	if refused := new(regular.Error); errors.As(err, &refused) {
		return notAJournal(err)
	}
	if err == nil {
		err = os.Rename(path, path+".old")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// maxSize is the size of the largest journal that is read, in bytes.
const maxSize = 1 << 30

func load(path string) (*history, []byte, error) {
	f, err := regular.OpenItself(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, notAJournal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	if len(data) > maxSize {
		return nil, nil, fmt.Errorf("journal %s has more than %d bytes: %w", path, maxSize, ErrDamaged)
	}
	past, err := read(data)
	if err != nil {
		return nil, nil, fmt.Errorf("journal %s: %w", path, err)
	}
	return past, data, nil
}

// notAJournal is the error of a file that cannot be opened.
func notAJournal(err error) error {
	err = fmt.Errorf("journal: %w", err)
	if refused := new(regular.Error); errors.As(err, &refused) {
		return providers.WithHint(err, "Choose another file with -journal, or delete what is at that path.")
	}
	return err
}

// fileLog is a Log in a file.
type fileLog struct{ f *os.File }

// openLog opens or makes the file and cuts it to its whole lines.
func openLog(path string, whole int64) (fileLog, error) {
	f, err := regular.Write(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fileLog{}, err
	}
	if err := cut(f, whole); err != nil {
		return fileLog{}, errors.Join(err, f.Close())
	}
	syncDir(filepath.Dir(path))
	return fileLog{f}, nil
}

func cut(f *os.File, size int64) error {
	if err := f.Truncate(size); err != nil {
		return err
	}
	if _, err := f.Seek(size, io.SeekStart); err != nil {
		return err
	}
	return f.Sync()
}

// syncDir makes the entry of a new file durable where the system can do that.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

func (l fileLog) Append(line []byte) error {
	if _, err := l.f.Write(line); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

func (l fileLog) Sync() error {
	if err := l.f.Sync(); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

func (l fileLog) Close() error { return l.f.Close() }
