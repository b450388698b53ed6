package statedir

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
)

// ErrNone means that this user has no directory for state.
var ErrNone = errors.New("it is not known: XDG_STATE_HOME, STATE_DIRECTORY and HOME are not set, and the account of this process has no home directory")

// Hint is how to give this user a state directory.
const Hint = "Journals and locks are kept there. Set XDG_STATE_HOME to a folder that this user can write to; in a systemd service, StateDirectory=vmxsync sets STATE_DIRECTORY."

// Dir is the state directory of a user, or why there is none.
type Dir struct {
	path string
	err  error
}

// At is the state directory at a path.
func At(path string) Dir { return Dir{path: path} }

// Find returns the directory for data that must survive. In this order: XDG_STATE_HOME;
// STATE_DIRECTORY, as systemd sets it for a service (systemd.exec(5); of several, the
// first); the home of the user, from HOME or else the account database; on Windows the
// application data of this machine, which do not roam. lookup finds variables of the
// environment; accountHome may be nil.
func Find(lookup func(string) (string, bool), accountHome func() (string, error)) Dir {
	if dir, ok := lookup("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return At(filepath.Join(dir, "vmxsync"))
	}
	if list, ok := lookup("STATE_DIRECTORY"); ok {
		for _, dir := range strings.Split(list, ":") {
			if filepath.IsAbs(dir) {
				return At(filepath.Clean(dir))
			}
		}
	}
	if filepath.Separator == '\\' {
		if dir, err := os.UserCacheDir(); err == nil {
			return At(filepath.Join(dir, "vmxsync"))
		}
	}
	if home, ok := lookup("HOME"); ok && filepath.IsAbs(home) {
		return At(inHome(home))
	}
	if accountHome != nil {
		home, err := accountHome()
		if info, there := os.Stat(home); err == nil && filepath.IsAbs(home) && there == nil && info.IsDir() {
			return At(inHome(home))
		}
	}
	return Dir{err: providers.WithHint(ErrNone, Hint)}
}

// Make creates the directory. Its failure is that of an apply: no other command writes
// there.
func (d Dir) Make() error {
	if d.err != nil {
		return d.err
	}
	return providers.WithHint(os.MkdirAll(d.path, 0o700), Hint)
}

// file is the path of what is kept of something: of a place by its location, of a
// configuration by its folder.
func (d Dir) file(folder, of string, digits int, ending string) (string, error) {
	return filepath.Join(d.path, folder, Digest(of)[:digits]+ending), d.err
}

// Journal is the journal of the applies without a plan file of the configuration in dir.
func (d Dir) Journal(dir string) (string, error) { return d.file("", dir, 16, ".journal") }

// Locks are the locks of the applies of this user.
func (d Dir) Locks() (*lock.Machine, error) { return lock.Here(filepath.Join(d.path, "locks")), d.err }

// Digest is the SHA-256 of a text, in hex.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// inHome is the default of XDG_STATE_HOME.
func inHome(home string) string { return filepath.Join(home, ".local", "state", "vmxsync") }

// AccountHome is the home directory in the account database, such as /etc/passwd.
func AccountHome() (string, error) {
	account, err := user.Current()
	if err != nil {
		return "", fmt.Errorf("account: %w", err)
	}
	return account.HomeDir, nil
}
