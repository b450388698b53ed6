package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// KeepNotifies records the notify blocks of a valid configuration, for an apply that can no
// longer read it. If that fails, the apply does not fail.
func (a *Apply) KeepNotifies(spec *state.Spec) {
	err := a.env.State.KeepNotifies(statedir.Notifies{Dir: spec.Dir, Name: spec.Name, Since: a.env.Now().UTC(), Notifies: spec.Notifies})
	if err != nil {
		a.out.WarnOf("The notify blocks were not recorded", failure.Hinted(err, statedir.Hint))
	}
}

// addLastNotifies adds the notify blocks of the last valid configuration that the broken
// files may contain too, and warns of it.
func (a *Apply) addLastNotifies(salvaged hclconfig.Salvage) {
	if salvaged.Dir == "" {
		return
	}
	last, err := a.env.State.LastNotifies(salvaged.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		a.out.WarnOf("The notify blocks of the last valid configuration cannot be read", err)
		return
	}
	a.report.Name = cmp.Or(a.report.Name, last.Name)
	for _, n := range last.Notifies {
		if !salvaged.Misses(n) || broken(n) {
			continue
		}
		a.notifies = append(a.notifies, n)
		a.out.Warn("Notification by an earlier configuration", fmt.Sprintf(
			"notify %q %q could not be read from the files. The notification was sent as in the last valid configuration, of %s.", n.Type, n.Name, wording.Minute(last.Since)), "")
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
func withEnvironment(secrets providers.Secrets, lookup func(string) (string, bool)) providers.Secrets {
	return func(ctx context.Context, r providers.Reference) (string, error) {
		text, err := secrets(ctx, r)
		if value, ok := lookup(hclconfig.EnvPrefix + r.Name); err != nil && ok && r.Kind == providers.VariableReference {
			return hclconfig.Secrets{Variables: map[string]string{r.Name: value}}.Resolve(ctx, r)
		}
		return text, err
	}
}
