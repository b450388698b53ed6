package drill

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Holding is what one destination holds, and which drills were held with it.
type Holding struct {
	Place  string
	Sets   []state.Set // as listed
	Drills []state.Drill
}

// Candidate is the newest complete set of a VM at a place.
type Candidate struct {
	Place string
	state.Key
	Bytes int64
	last  Held // drill of that VM there, by this drill
	held  bool // there was one
}

// Choose is the set that a drill takes now. An error says why there is none.
func Choose(d config.Drill, from []Holding, now time.Time) (Candidate, error) {
	all := candidates(d, from, now)
	if len(all) == 0 {
		return Candidate{}, fmt.Errorf("no complete set of a VM that matches %s is at %s", strings.Join(d.VMs, ", "), strings.Join(d.From, ", "))
	}
	order := Candidate.beforeByAge
	if d.Pick == config.Largest {
		order = Candidate.beforeBySize
	}
	return slices.MinFunc(all, order), nil
}

// candidates are the newest complete sets of the VMs that the drill takes, by place and VM.
func candidates(d config.Drill, from []Holding, now time.Time) (all []Candidate) {
	for _, h := range from {
		newest := map[string]state.Set{}
		for _, s := range h.Sets {
			if s.State == state.Complete && d.Takes(s.VM) && s.Stamp > newest[s.VM].Stamp {
				newest[s.VM] = s
			}
		}
		held := make([]Held, len(h.Drills))
		for i, one := range h.Drills {
			held[i] = Held{h.Place, one}
		}
		for _, s := range newest {
			c := Candidate{Place: h.Place, Key: s.Key, Bytes: s.Bytes()}
			c.last, c.held = Last(held, now, func(h Held) bool { return h.Name == d.Name && h.VM == s.VM })
			all = append(all, c)
		}
	}
	return all
}

// beforeByAge orders candidates: those whose last drill failed, those that had none, then
// those whose last one is longest ago.
func (c Candidate) beforeByAge(o Candidate) int {
	return cmp.Or(cmp.Compare(c.rank(), o.rank()), c.began().Compare(o.began()), c.byName(o))
}

func (c Candidate) beforeBySize(o Candidate) int {
	return cmp.Or(cmp.Compare(o.Bytes, c.Bytes), c.byName(o))
}

func (c Candidate) byName(o Candidate) int {
	return cmp.Or(strings.Compare(c.VM, o.VM), strings.Compare(c.Place, o.Place))
}

func (c Candidate) rank() int {
	switch {
	case c.held && c.last.Verdict == state.Failed:
		return 0
	case !c.held:
		return 1
	}
	return 2
}

func (c Candidate) began() time.Time { return c.last.Began }
