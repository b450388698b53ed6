package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"
)

// KeepNotifies records the notify blocks of a valid configuration, for an apply that can no
// longer read it. If that fails, the apply does not fail.
func KeepNotifies(env *session.Env, spec *config.Spec) {
	err := env.State.KeepNotifies(statedir.Notifies{Dir: spec.Dir, Name: spec.Name, Since: env.Now().UTC(), Notifies: spec.Notifies})
	if err != nil {
		env.Report.WarnOf("The notify blocks were not recorded", failure.Hinted(err, statedir.Hint))
	}
}

// lastNotifies returns the notify blocks of the last valid configuration that the broken
// files may contain too, and its name. It warns of each.
func lastNotifies(env *session.Env, salvaged hclconfig.Salvage) (name string, notifies []config.Notify) {
	if salvaged.Dir == "" {
		return "", nil
	}
	last, err := env.State.LastNotifies(salvaged.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		env.Report.WarnOf("The notify blocks of the last valid configuration cannot be read", err)
		return "", nil
	}
	for _, n := range last.Notifies {
		if !salvaged.Misses(n) || broken(n) {
			continue
		}
		notifies = append(notifies, n)
		env.Report.Warn("Notification by an earlier configuration", fmt.Sprintf(
			"notify %q %q could not be read from the files. The notification was sent as in the last valid configuration, of %s.", n.Type, n.Name, wording.Minute(last.Since)), "")
	}
	return last.Name, notifies
}

// broken reports whether a notify block cannot be used.
func broken(n config.Notify) bool {
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
		if value, ok := lookup(secret.EnvPrefix + r.Name); err != nil && ok && r.Kind == providers.VariableReference {
			return secret.Resolver{Variables: map[string]string{r.Name: value}}.Resolve(ctx, r)
		}
		return text, err
	}
}
