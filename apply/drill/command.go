package drill

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/program"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// try runs the command of the drill with the restored set. Its last line is noted: it is the
// shortest account of what it has seen.
func (r *run) try(ctx context.Context) (finding, err error) {
	d := r.Drill
	if len(d.Command) == 0 {
		return nil, nil
	}
	last := ""
	err = program.Run(ctx, program.Program{
		Command: d.Command, Dir: d.Dir, Timeout: time.Duration(d.Timeout), Env: r.environment(),
	}, nil, func(line string) {
		if strings.TrimSpace(line) != "" {
			last = line
		}
		if r.Say != nil {
			r.Say(line)
		}
	})
	if last != "" {
		r.note("The last line of the command: %s", last)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, program.ErrTimeout):
		return fmt.Errorf("the command did not end within %s and was killed", d.Timeout), nil
	case err != nil:
		return fmt.Errorf("the command failed: %w", err), nil
	}
	return nil, nil
}

// environment is that of this process, and what the drill is about on top.
func (r *run) environment() []string {
	env := append([]string{}, r.Environ...)
	for name, value := range r.Drill.Env {
		env = append(env, name+"="+value)
	}
	folder := filepath.Join(r.plan.To, filepath.FromSlash(r.set.Folder))
	for _, pair := range [][2]string{
		{"DRILL", r.Drill.Name}, {"VM", r.set.VM}, {"SET", string(r.set.Stamp)},
		{"DESTINATION", r.set.Origins[0].Place}, {"ADDRESS", state.Address(r.set.Origins[0].Place, r.set.Key)},
		{"FOLDER", folder}, {"VMX", r.vmx(folder)},
		{"NAME", r.Site}, {"HOST", r.Host}, {"RUN_ID", r.Run},
	} {
		env = append(env, config.ReservedEnv+pair[0]+"="+pair[1])
	}
	return env
}

// vmx is the path of the one .vmx of the set; "" if it has none, or several.
func (r *run) vmx(folder string) (found string) {
	for _, f := range r.set.Files {
		if !strings.EqualFold(path.Ext(f.Path), ".vmx") {
			continue
		}
		if found != "" {
			return ""
		}
		found = filepath.Join(folder, filepath.FromSlash(f.Path))
	}
	return found
}
