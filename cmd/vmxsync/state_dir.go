package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/state"
)

// ownJournal is the path of the journal of an apply without a plan file: in the state
// directory of the user, one for each configuration directory.
func (p *process) ownJournal(spec *state.Spec) (string, error) {
	dir, err := p.madeStateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, checksum([]byte(spec.Dir))[:16]+".journal"), nil
}

// madeStateDir returns the state directory, and creates it. Its failure is that of an
// apply: no other command writes there.
func (p *process) madeStateDir() (string, error) {
	const summary = "The state directory cannot be used"
	dir, err := p.stateDir()
	if err != nil {
		return "", failure.New(summary, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", failure.New(summary, failure.Hinted(err, stateDirHint))
	}
	return dir, nil
}

// errNoStateDir means that this user has no directory for state.
var errNoStateDir = errors.New("it is not known: XDG_STATE_HOME, STATE_DIRECTORY and HOME are not set, and the account of this process has no home directory")

const stateDirHint = "Journals and locks are kept there. Set XDG_STATE_HOME to a folder that this user can write to; in a systemd service, StateDirectory=vmxsync sets STATE_DIRECTORY."

// stateDir is the directory for data that must survive. In this order: XDG_STATE_HOME;
// STATE_DIRECTORY, as systemd sets it for a service (systemd.exec(5); of several,
// the first); the home of the user, from HOME or else the account database; on
// Windows the application data of this machine, which do not roam.
func (p *process) stateDir() (string, error) {
	if dir, ok := p.env("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "vmxsync"), nil
	}
	if list, ok := p.env("STATE_DIRECTORY"); ok {
		for _, dir := range strings.Split(list, ":") {
			if filepath.IsAbs(dir) {
				return filepath.Clean(dir), nil
			}
		}
	}
	if filepath.Separator == '\\' {
		if dir, err := os.UserCacheDir(); err == nil {
			return filepath.Join(dir, "vmxsync"), nil
		}
	}
	if home, ok := p.env("HOME"); ok && filepath.IsAbs(home) {
		return inHome(home), nil
	}
	if p.accountHome != nil {
		home, err := p.accountHome()
		if info, there := os.Stat(home); err == nil && filepath.IsAbs(home) && there == nil && info.IsDir() {
			return inHome(home), nil
		}
	}
	return "", failure.Hinted(errNoStateDir, stateDirHint)
}

// inHome is the default of XDG_STATE_HOME.
func inHome(home string) string { return filepath.Join(home, ".local", "state", "vmxsync") }

// accountHome is the home directory in the account database, such as /etc/passwd.
func accountHome() (string, error) {
	account, err := user.Current()
	if err != nil {
		return "", fmt.Errorf("account: %w", err)
	}
	return account.HomeDir, nil
}
