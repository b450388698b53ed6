package notify

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/vmxsync/vmxsync/apply/program"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

var (
	// ErrHook: a hook could not be run, took too long, or ended with an exit
	// code that is not 0.
	ErrHook = errors.New("failed")
	// ErrSkip: a hook at before_apply ended with SkipCode.
	ErrSkip = errors.New("asks to skip this apply")
)

// SkipCode is the exit code that says that now is not the time: EX_TEMPFAIL of
// sysexits.h.
const SkipCode = 75

// Stage is where hooks run.
type Stage struct {
	Environ []string          // of this process; hooks get it, and their own on top
	Say     func(line string) // told what the hook prints, line by line; not escaped
}

// RunHook runs one hook with the report on its standard input, and returns when
// it has ended. After its timeout, and when ctx is done, the hook is killed with
// all that it has started, as far as that can be known. Its error is nil, that
// of ctx, or wraps ErrHook or ErrSkip.
func RunHook(ctx context.Context, h config.Hook, on config.Occasion, r Report, s Stage) error {
	r.Event = string(on)
	input, err := r.encode()
	if err != nil {
		return fmt.Errorf("hook %s %w: %w", h.Name, ErrHook, err)
	}
	err = program.Run(ctx, program.Program{
		Command: h.Command, Dir: h.Dir, Timeout: time.Duration(h.Timeout),
		Env: append(slices.Clone(s.Environ), environment(h, r)...),
	}, input, s.Say)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return hookError(h, on, err)
}

// environment is what the hook gets besides that of this process. Secrets are
// none of it.
func environment(h config.Hook, r Report) []string {
	code := ""
	if r.ExitCode != nil {
		code = strconv.Itoa(*r.ExitCode)
	}
	var env []string
	for name, value := range h.Env {
		env = append(env, name+"="+value)
	}
	for _, pair := range [][2]string{
		{"EVENT", r.Event}, {"HOOK", h.Name}, {"RESULT", string(r.Result)}, {"EXIT_CODE", code},
		{"NAME", r.Name}, {"HOST", r.Host}, {"RUN_ID", r.Run},
		{"ADDED", strconv.Itoa(r.Done.Added)}, {"CHANGED", strconv.Itoa(r.Done.Changed)},
		{"DESTROYED", strconv.Itoa(r.Done.Destroyed)}, {"FAILED", strconv.Itoa(r.Done.Failed)},
	} {
		env = append(env, config.ReservedEnv+pair[0]+"="+pair[1])
	}
	return env
}

func hookError(h config.Hook, on config.Occasion, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, program.ErrTimeout):
		return providers.WithHint(fmt.Errorf("hook %s %w: it did not end within %s and was killed", h.Name, ErrHook, h.Timeout),
			"Set a longer timeout, or find out what the hook waits for.")
	case errors.As(err, &exit) && exit.ExitCode() == SkipCode && on == config.BeforeApply:
		return fmt.Errorf("hook %s %w: %w", h.Name, ErrSkip, err)
	case errors.As(err, &exit):
		return fmt.Errorf("hook %s %w: %w", h.Name, ErrHook, err)
	}
	return providers.WithHint(fmt.Errorf("hook %s %w: %w", h.Name, ErrHook, err), "Check that the program exists and is executable. Its working directory is "+h.Dir+".")
}
