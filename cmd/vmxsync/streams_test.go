package main

import (
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// fullVerb uses a device that is always full in place of a full disk.
func fullVerb(ts *testscript.TestScript, neg bool, args []string) {
	if runtime.GOOS != "linux" {
		ts.Fatalf("there is no /dev/full")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	ts.Check(err)
	defer full.Close()
	input, fromFile := strings.CutPrefix(args[0], "<")
	if fromFile {
		args = args[1:]
	}
	cmd := command(ts, args[1:])
	cmd.Stdout = full
	if fromFile {
		cmd.Stdin = strings.NewReader(ts.ReadFile(input))
	}
	ends(ts, cmd, args[0])
}

// unreadVerb runs a command whose reader has ended before the first byte.
func unreadVerb(ts *testscript.TestScript, neg bool, args []string) {
	both := args[0] == "-both"
	if both {
		args = args[1:]
	}
	r, w, err := os.Pipe()
	ts.Check(err)
	ts.Check(r.Close())
	defer w.Close()
	cmd := command(ts, args[1:])
	cmd.Stdout = w
	if both {
		cmd.Stderr = w
	}
	ends(ts, cmd, args[0])
}

// command returns a command with the environment of the script.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stderr = ts.MkAbs("."), environment(ts), ts.Stderr()
	return cmd
}

// ends runs a command that must end with that exit code, or by that signal.
func ends(ts *testscript.TestScript, cmd *exec.Cmd, want string) {
	cmd.Run() // the exit code is checked below
	got := endedBySignal(cmd.ProcessState)
	if got == "" {
		got = strconv.Itoa(cmd.ProcessState.ExitCode())
	}
	if got != want {
		ts.Fatalf("it ended with %s, want %s", got, want)
	}
}

func hungupVerb(ts *testscript.TestScript, neg bool, args []string) {
	// A test that is run by nohup passes on that hangups are ignored, and vmxsync
	// obeys that. A signal that a process catches is at its default in its children.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	defer signal.Stop(caught)
	endedBy(ts, hangup, args)
}
