package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
	"github.com/vmxsync/vmxsync/state"
)

// The notify blocks of the last valid configuration are kept in the state directory,
// as in plans: with references in place of secrets. They are used if the files of the
// configuration can no longer be read.

const (
	lastNotifiesFormat = "vmxsync.notify/1"
	maxLastNotifies    = 4 << 20 // bytes
)

type lastNotifies struct {
	Format   string         `json:"format"`
	Dir      string         `json:"dir"` // of the configuration
	Name     string         `json:"name"`
	Since    time.Time      `json:"since"` // when it was written
	Notifies []state.Notify `json:"notifies"`
}

// lastNotifiesFile is the path of the file for the configuration in a folder.
func (p *process) lastNotifiesFile(dir string) (string, error) {
	base, err := p.stateDir()
	return filepath.Join(base, "notify", checksum([]byte(dir))[:16]+".json"), err
}

// keepNotifies records the notify blocks of this configuration. If that fails, the
// apply does not fail.
func (p *process) keepNotifies(spec *state.Spec) {
	path, err := p.lastNotifiesFile(spec.Dir)
	if err != nil {
		return // the apply fails for it
	}
	old, err := readLastNotifies(path)
	now := lastNotifies{lastNotifiesFormat, spec.Dir, spec.Name, p.now().UTC(), spec.Notifies}
	if err == nil && old.same(now) || errors.Is(err, fs.ErrNotExist) && len(spec.Notifies) == 0 {
		return
	}
	if err := now.write(path); err != nil {
		p.ui.warnOf("The notify blocks were not recorded", hinted(err, stateDirHint))
	}
}

// same reports whether both have the same notify blocks.
func (l lastNotifies) same(other lastNotifies) bool {
	l.Since = other.Since
	a, errA := json.Marshal(l)
	b, errB := json.Marshal(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func (l lastNotifies) write(path string) error {
	doc, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replaceFile(path, append(doc, '\n'), 0o600)
}

func readLastNotifies(path string) (lastNotifies, error) {
	var l lastNotifies
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

// addLastNotifies adds the notify blocks of the last valid configuration that the
// broken files may contain too, and warns of it.
func (p *process) addLastNotifies() {
	path, err := p.lastNotifiesFile(p.salvaged.Dir)
	if err != nil || p.salvaged.Dir == "" {
		return
	}
	last, err := readLastNotifies(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		p.ui.warnOf("The notify blocks of the last valid configuration cannot be read", err)
		return
	}
	p.applyReport.report.Name = cmp.Or(p.applyReport.report.Name, last.Name)
	for _, n := range last.Notifies {
		if !p.salvaged.Misses(n) || broken(n) {
			continue
		}
		p.applyReport.notifies = append(p.applyReport.notifies, n)
		p.ui.warn("Notification by an earlier configuration", fmt.Sprintf(
			"notify %q %q could not be read from the files. The notification was sent as in the last valid configuration, of %s.", n.Type, n.Name, minute(last.Since)))
	}
}

// broken reports whether a notify block cannot be used.
func broken(n state.Notify) bool {
	for _, problem := range n.Check() {
		if !problem.Warning {
			return true
		}
	}
	return false
}

// withEnvironment resolves references as secrets does. If that fails for a variable,
// because a file could not be read, it takes the value from the environment.
func (p *process) withEnvironment(secrets providers.Secrets) providers.Secrets {
	return func(ctx context.Context, r providers.Reference) (string, error) {
		text, err := secrets(ctx, r)
		if value, ok := p.env(secret.EnvPrefix + r.Name); err != nil && ok && r.Kind == providers.VariableReference {
			return secret.Resolver{Variables: map[string]string{r.Name: value}}.Resolve(ctx, r)
		}
		return text, err
	}
}
