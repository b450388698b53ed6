package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
)

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
