package config

import (
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Drill is a rehearsal: now and then one set is restored from a destination, verified, and
// given to a program that tries it.
type Drill struct {
	Name    string
	From    []string // names of destinations; at least one
	VMs     []string // names or globs
	Pick    Pick
	Every   Span               // how often, at least
	To      string             // absolute: the folder below which sets are restored for a while
	Command []string           // the program and its arguments; none: restored and verified only
	Dir     string             // absolute: where the command runs
	Timeout providers.Duration // of the command
	Env     map[string]string
}

// Pick is which VM a drill takes.
type Pick string

const (
	// OldestUndrilled is the VM whose last drill failed, then one that never had a drill,
	// then the one whose last drill is longest ago.
	OldestUndrilled Pick = "oldest-undrilled"
	// Largest is the VM whose newest set has the most bytes: how long the worst case takes.
	Largest Pick = "largest"
)

// Picks are all of them.
func Picks() []Pick { return []Pick{OldestUndrilled, Largest} }

// Check reports all that is wrong with the drill, each with its attribute.
func (d Drill) Check() []providers.Problem {
	var found problems
	if len(d.From) == 0 {
		found.add("from", "Drill without a destination", "The drill %q has no destination to restore from.", d.Name)
	}
	if strings.TrimSpace(d.To) == "" || strings.Contains(d.To, "\x00") {
		found.add("to", "Invalid folder", "%q is not a folder.", d.To)
	}
	if len(d.Name) > maxDrillName {
		found.add("", "Invalid name", "The name of a drill has 1 to %d bytes.", maxDrillName)
	}
	if err := d.checkCommand(); err != nil {
		found.add("command", "Invalid command", "command: %s.", err)
	}
	if err := checkEnv(d.Env); err != nil {
		found.add("env", "Invalid environment", "env: %s.", err)
	}
	if d.Timeout <= 0 || time.Duration(d.Timeout) > maxHookTime {
		found.add("timeout", "Invalid timeout", "timeout: %s is out of range: want more than 0s and at most 24h.", d.Timeout)
	}
	return found
}

// maxDrillName bounds the name, which is part of that of a folder, in bytes.
const maxDrillName = 64

func (d Drill) checkCommand() error {
	if d.Command == nil {
		return nil
	}
	return checkCommand(d.Command)
}

// Takes reports whether the drill may take a VM.
func (d Drill) Takes(vm string) bool {
	return slices.ContainsFunc(d.VMs, func(pattern string) bool { return matchRank(pattern, vm) >= 0 })
}
