package session

import (
	"fmt"
	"time"
	_ "time/tzdata" // Windows has no zones of its own

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// NowVariable sets the clock, for tests and for what-if.
const NowVariable = "VMXSYNC_NOW"

// Moment is the time for the purposes of a plan, and whether the user set it. Its zone is
// that of the machine, however the time was written: sources whose timezone is "Local"
// are read in it. Time-outs keep real time.
type Moment struct {
	Now time.Time
	Set bool
}

// Moment returns the time of the clock, or of VMXSYNC_NOW.
func (e *Env) Moment() (Moment, error) {
	text, ok := e.Lookup(NowVariable)
	if !ok || text == "" {
		return Moment{Now: time.Now()}, nil
	}
	now, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return Moment{}, failure.Hinted(fmt.Errorf("%s=%q is not a time", NowVariable, text), "Write it in RFC 3339: 2026-11-22T03:00:00Z.")
	}
	return Moment{Now: now.In(time.Local), Set: true}, nil
}

// Now is the time of the clock, which the user may have set.
func (e *Env) Now() time.Time {
	at, err := e.Moment()
	if err != nil {
		return time.Now()
	}
	return at.Now
}

// Name is how a plan names a clock that was set.
func (m Moment) Name() string {
	if m.Set {
		return NowVariable
	}
	return ""
}
