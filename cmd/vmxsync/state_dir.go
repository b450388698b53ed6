package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/vmxsync/vmxsync/state"
)

// ownJournal is the journal of an apply without a plan file: in the user's
// state directory, one for each configuration directory.
func (p *process) ownJournal(spec *state.Spec) (string, error) {
	dir, err := p.stateDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("state directory: %w", err)
	}
	return filepath.Join(dir, checksum([]byte(spec.Dir))[:16]+".journal"), nil
}

// stateDir is where programs keep what must survive: XDG_STATE_HOME or its
// default; on Windows the application data of this machine, which do not roam.
func (p *process) stateDir() (string, error) {
	if dir, ok := p.env("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "vmxsync"), nil
	}
	if filepath.Separator == '\\' {
		dir, err := os.UserCacheDir()
		return filepath.Join(dir, "vmxsync"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "vmxsync"), err
}
