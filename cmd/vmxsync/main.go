package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "0.1.0-dev"

func main() { os.Exit(Main()) }

// Main runs the command line of this process and returns the exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), endingSignals()...)
	defer stop()
	// The first signal ends the work in order; without us, the second kills.
	context.AfterFunc(ctx, stop)
	p := &process{args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.LookupEnv, accountHome: accountHome, environ: os.Environ()}
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

// outliveReaders lets a write to a pipe that nobody reads any more fail, instead
// of ending the process: an apply goes on to its end, and reports it there, and a
// check leaves nothing behind. (A
// signal that is caught is not caught in the programs that we run; one that is
// ignored would be.)
func outliveReaders() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
