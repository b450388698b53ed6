package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// A folder that a configuration has used keeps a mark in the state directory.
// Where it has no owner any more, the disk is most likely not mounted, and the
// empty mount point must not be filled.

// mark is the file that says that this place was used.
func (p *process) mark(location string) (string, error) {
	dir, err := p.stateDir()
	return filepath.Join(dir, "places", checksum([]byte(location))[:32]), err
}

// remember marks the folders that the plan has an owner for. It is no failure
// of the apply if that cannot be written.
func (p *process) remember(plan *diff.Plan, stores map[string]providers.Store) {
	for _, place := range plan.Places {
		_, local := providers.As[providers.Folder](stores[place.Name])
		if place.Role != diff.DestinationRole || !local {
			continue
		}
		if err := p.writeMark(place.Location); err != nil {
			p.voice.warn("State directory not writable", fmt.Sprintf("That %s was used cannot be remembered: %v.", place.Name, err))
		}
	}
}

func (p *process) writeMark(location string) error {
	path, err := p.mark(location)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(location+"\n"), 0o600)
}

// mounted refuses a folder that was used before and has no owner now.
func (p *process) mounted(d state.Destination, store providers.Store, inv state.Inventory) error {
	if _, local := providers.As[providers.Folder](store); !local || inv.Err != nil || inv.Owner != "" || len(inv.Neighbours) > 0 || p.takeOver {
		return inv.Err
	}
	path, err := p.mark(d.Settings.Place())
	if errors.Is(err, errNoStateDir) {
		return nil // nothing was remembered; an apply, which needs the directory, says so
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return hinted(fmt.Errorf("state directory: %w", err), stateDirHint)
	}
	return hinted(fmt.Errorf("%s was used before and has no %s/owner now: is the disk mounted?", d.Settings.Place(), d.WorkDir),
		"Mount it. If it was emptied on purpose: vmxsync plan -take-over.")
}
