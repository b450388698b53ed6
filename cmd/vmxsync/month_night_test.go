package main

import (
	"bytes"
	"os"
	"slices"
)

// killed is the exit code of an apply that was.
const killed = -1

// live goes through one night, and looks in the morning.
func (o *office) live(n night) {
	o.t.Helper()
	if n.evening != nil {
		n.evening(o)
	}
	o.backUp()
	code, out := o.apply(n)
	if code != killed {
		o.night(o.ready(), n.fails, n.away)
	}
	o.young, o.dies = nil, ""
	if n.morning != nil {
		n.morning(o)
	}
	o.wantApply(n, code, out)
	o.wantMail(n)
	o.wantMetrics(n)
	o.wantDisks(n)
	o.wantStatus(n)
}

// ready is what is settled at the source by four.
func (o *office) ready() shelf {
	ready := shelf{}
	if o.locked {
		return ready
	}
	for vm, days := range o.source {
		ready[vm] = slices.Clone(days)
		if slices.Contains(o.young, vm) {
			ready[vm] = without(days, []int{o.day})
		}
	}
	return ready
}

// apply is the nightly run at four, watched.
func (o *office) apply(n night) (int, string) {
	o.t.Helper()
	cmd := o.command("apply", "-auto-approve", "-quiet")
	cmd.Env = append(os.Environ(), o.clock(o.at(4, 0))...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	o.check(cmd.Start())
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	watched := o.watch(ended)
	if n.amid != nil {
		n.amid(o, runningApply{cmd, ended})
	}
	<-ended
	o.check(<-watched)
	return cmd.ProcessState.ExitCode(), out.String()
}
