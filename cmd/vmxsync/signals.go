package main

import (
	"os"
	"os/signal"
	"syscall"
)

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
