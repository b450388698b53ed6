package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "0.1.0-dev"

func main() { os.Exit(Main()) }

// Main runs the command line of this process and returns the exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), endingSignals()...)
	defer stop()
	// The first signal ends the work in order; the second kills the process as usual.
	context.AfterFunc(ctx, stop)
	p := &process{args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.LookupEnv, accountHome: statedir.AccountHome, environ: os.Environ()}
	return p.run(ctx)
}

// endingSignals are the signals that end a command in order. A hangup is one of them,
// unless nohup wants it to be ignored.
func endingSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// catchSIGPIPE makes a write to a pipe without a reader fail, instead of ending the
// process: an apply runs to its end and reports the error there, and a check leaves
// nothing behind. (The signal is caught, not ignored: programs that we run would
// inherit that it is ignored.)
func catchSIGPIPE() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
