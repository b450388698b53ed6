package main

import (
	"fmt"
	"time"
	_ "time/tzdata" // Windows has no zones of its own

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// nowVariable sets the clock, for tests and for what-if.
const nowVariable = "VMXSYNC_NOW"

// clock is the time for the purposes of a plan, and whether the user set it. Its zone is that of the machine, however the time was written: sources
// whose timezone is "Local" are read in it. Time-outs keep real time.
type clock struct {
	now time.Time
	set bool
}

func (p *process) clock() (clock, error) {
	text, ok := p.env(nowVariable)
	if !ok || text == "" {
		return clock{now: time.Now()}, nil
	}
	now, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return clock{}, failure.Hinted(fmt.Errorf("%s=%q is not a time", nowVariable, text), "Write it in RFC 3339: 2026-11-22T03:00:00Z.")
	}
	return clock{now: now.In(time.Local), set: true}, nil
}

// now is the time of the clock, which the user may have set.
func (p *process) now() time.Time {
	at, err := p.clock()
	if err != nil {
		return time.Now()
	}
	return at.now
}

// name is how a plan names a clock that was set.
func (c clock) name() string {
	if c.set {
		return nowVariable
	}
	return ""
}
