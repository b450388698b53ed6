package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Exit codes of vmxsync that the demonstration expects.
const (
	exitDone    = 0
	exitChanges = 2
)

// build builds the program that the demonstration runs.
func (s *demo) build(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", s.program(), "github.com/vmxsync/vmxsync/cmd/vmxsync")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

func (s *demo) program() string {
	name := "vmxsync"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(s.dir, name)
}

// show runs vmxsync, prints its output, and checks it and the exit code.
func (s *demo) show(ctx context.Context, code int, expected []string, args ...string) error {
	fmt.Printf("\n$ vmxsync %s\n\n", strings.Join(args, " "))
	out, err := s.vmxsync(ctx, code, args...)
	fmt.Print(out)
	if err != nil {
		return err
	}
	for _, text := range expected {
		if !strings.Contains(out, text) {
			return fmt.Errorf("vmxsync %s did not print %q", args[0], text)
		}
	}
	return nil
}

// environment is the environment without the reader's settings for vmxsync, and with
// a state directory outside of the reader's home.
func (s *demo) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "VMXSYNC_") })
	return append(env, "NAS_PASSWORD="+s.server.Password, "XDG_STATE_HOME="+filepath.Join(s.dir, "state"), "LOCALAPPDATA="+filepath.Join(s.dir, "state"))
}

// vmxsync runs the program in the temporary folder and returns its output.
func (s *demo) vmxsync(ctx context.Context, code int, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.program(), args...)
	cmd.Dir = s.dir
	cmd.Env = s.environment()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return string(out), err
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		return string(out), fmt.Errorf("vmxsync %s: exit code %d, want %d\n%s", args[0], got, code, out)
	}
	return string(out), nil
}
