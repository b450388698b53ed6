package retention

import (
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Simulation is what a policy holds after it was played forward.
type Simulation struct {
	Sets    int        // that were made
	Removed int        // of them
	Held    []Decision // at the end, newest first: all are kept
	Peak    int        // the most that were held at once, with the new one and those about to be deleted
	PeakAt  state.Stamp
}

// Simulate makes n sets, the first at from and one after each interval of at
// least a second, and decides after each of them. Before each, stop gets how many
// are held, and may end the simulation. Time is civil, without a zone: no
// hour comes twice.
func Simulate(p config.Policy, from state.Stamp, every time.Duration, n int, bytes int64, stop func(held int) bool) Simulation {
	var sim Simulation
	var held []state.Set
	for i := range n {
		if stop(len(held)) {
			break
		}
		at := from.Civil().Add(time.Duration(i) * every)
		held = append(held, made(state.NewStamp(at), bytes))
		sim.Sets++
		if len(held) > sim.Peak {
			sim.Peak, sim.PeakAt = len(held), held[len(held)-1].Stamp
		}
		sim.Held = sim.Held[:0]
		for _, d := range Decide(p, held, at).Decisions {
			if d.Keep {
				sim.Held = append(sim.Held, d)
			}
		}
		sim.Removed += len(held) - len(sim.Held)
		held = held[:0]
		for _, d := range sim.Held {
			held = append(held, made(d.Key.Stamp, bytes))
		}
	}
	return sim
}

func made(stamp state.Stamp, bytes int64) state.Set {
	return state.Set{
		Key:   state.Key{VM: "vm", Stamp: stamp},
		State: state.Complete,
		Files: []state.File{{Path: "disk", Size: bytes}},
	}
}
