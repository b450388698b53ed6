package diff

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// Input is all that a plan depends on.
type Input struct {
	Spec *state.Spec
	// Inventories of sources and destinations, by the name of the place. A
	// place that is missing here counts as one that could not be read.
	Inventories map[string]state.Inventory
	// Now is the instant of the plan. Its location is the zone of the sources
	// whose timezone is "Local".
	Now     time.Time
	Clock   string // "VMXSYNC_NOW" where Now is not the clock's
	Options Options
}

// Compute makes the plan that brings the destinations to what the
// configuration wants. An error explains why there is no plan; it may join
// several, each with a hint (providers.Hint). A set or group that cannot be
// dealt with is a notice, and left as it is.
//
// Compute believes a manifest that it has not seen: see Unproven.
func Compute(in Input) (*Plan, error) {
	w := newPlanner(in)
	if err := errors.Join(w.refusal(), w.refuseNames()); err != nil {
		return nil, err
	}
	var errs []error
	for _, d := range in.Spec.Destinations {
		if w.readable(d.Name) {
			errs = append(errs, w.planWithin(d))
		}
	}
	if err := errors.Join(append(errs, w.refuseReplaces())...); err != nil {
		return nil, err
	}
	w.pruneSources()
	w.noteSources()
	for _, d := range in.Spec.Destinations {
		w.noteNames(d.Name, "odd-name", "", anyPath)
	}
	return w.finish()
}

// planner is one Compute at work.
type planner struct {
	Input
	plan         *Plan
	notes        notes
	emptySources map[string]bool                   // sources that were not read, or hold nothing
	holds        map[string]map[string][]state.Set // source -> VM -> its sets, oldest first
	touched      map[string][]Observed             // destination -> groups that the plan changes
	busy         map[string]bool                   // destinations with work to do
	groups       map[string]*group                 // by scope
	planned      func(*group)                      // called with each group; may be nil
	selection    selection
	// postponed are the addresses of uploads that wait for room in the quota of the
	// destination that is planned.
	// queued are those that the plan would send if there were room; nil: there is.
	postponed, queued map[string]bool
	// accepted are the sets of which this plan accepts what is wrong with them, by destination.
	accepted map[string][]known.Acceptance
}

func newPlanner(in Input) *planner {
	in.Inventories = maps.Clone(in.Inventories) // what is refused is taken out of it
	w := &planner{
		Input: in,
		plan: &Plan{
			Name: in.Spec.Name, Clock: in.Clock, Now: in.Now.UTC(), Options: in.Options,
			Variables: map[string]json.RawMessage{},
		},
		emptySources: map[string]bool{},
		holds:        map[string]map[string][]state.Set{},
		touched:      map[string][]Observed{},
		busy:         map[string]bool{},
		groups:       map[string]*group{},

		accepted: map[string][]known.Acceptance{},
	}
	for _, s := range in.Spec.Sources {
		w.holds[s.Name] = byVM(in.Inventories[s.Name])
	}
	w.Options.literal = w.literally()
	w.plan.Options.Accept = w.Options.meant(w.Options.Accept) // an apply asks it again, of what was there
	return w
}

// byVM splits an inventory; a VM that is unknown is there without sets.
func byVM(inv state.Inventory) map[string][]state.Set {
	split := map[string][]state.Set{}
	for _, vm := range inv.VMs() {
		split[vm] = inv.Of(vm)
	}
	return split
}

// readable reports whether a place could be read as a whole.
func (w *planner) readable(place string) bool {
	inv, ok := w.Inventories[place]
	return ok && inv.Err == nil
}

func (w *planner) planDestination(d state.Destination) error {
	var errs []error
	inv := w.Inventories[d.Name]
	work := indexWork(inv)
	var chains []*group
	for _, vm := range w.vmsAt(d, inv) {
		c, err := w.newGroup(d, vm)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.fill(inv, work)
		c.judge()
		chains = append(chains, c)
	}
	w.findOverwritten(chains)
	for _, c := range chains {
		c.plan()
		w.groups[state.Scope(d.Name, c.vm)] = c
		if w.planned != nil {
			w.planned(c)
		}
	}
	return errors.Join(errs...)
}

// vmsAt lists the VMs that the destination holds anything of, or may get.
func (w *planner) vmsAt(d state.Destination, inv state.Inventory) []string {
	vms := inv.VMs()
	for _, s := range inv.Staged {
		vms = append(vms, s.VM)
	}
	for _, t := range inv.Trash {
		vms = append(vms, t.VM)
	}
	for _, s := range inv.Vanished(inv.Known) {
		vms = append(vms, s.VM)
	}
	for _, s := range w.Spec.Sources {
		for vm := range w.holds[s.Name] {
			if _, ok := w.assignment(s, d, vm); ok {
				vms = append(vms, vm)
			}
		}
	}
	slices.Sort(vms)
	vms = slices.DeleteFunc(slices.Compact(vms), func(vm string) bool { return vm == state.AnyVM || w.badName(d.Name, "odd-name", vm) })
	return w.withoutCaseClashes(d, inv, vms)
}

func (w *planner) finish() (*Plan, error) {
	p := w.plan
	for _, f := range w.Spec.Files {
		p.Config = append(p.Config, ConfigFile{Path: f.Path, SHA256: f.SHA256})
	}
	for _, v := range w.Spec.Variables {
		if v.Sensitive {
			p.ApplyTimeVariables = append(p.ApplyTimeVariables, v.Name)
			continue
		}
		p.Variables[v.Name] = json.RawMessage(v.JSON)
	}
	slices.Sort(p.ApplyTimeVariables)
	err := w.addPlaces()
	p.Notices = slices.Concat(w.clockNotice(), w.listNotice(), w.selectionNotice(), w.destroyNotice(), w.notes.list(w.Spec))
	p.Notices = append(p.Notices, w.askedAgain()...)
	p.Hooks, p.Notifies, p.Metrics, p.Log = w.Spec.Hooks, w.Spec.Notifies, w.Spec.Metrics, w.Spec.Log
	p.Summary = p.Summarize()
	p.Guard = p.judge(newGuard(w.Spec.Guard), w.stocks())
	return p, err
}

// clockNotice reports that the time of the plan is not that of the clock.
func (w *planner) clockNotice() []Notice {
	if w.Clock == "" {
		return nil
	}
	text := fmt.Sprintf("%s is set: this plan assumes that it is %s, and can be applied only with the same setting.", w.Clock, w.Now.Format(time.RFC3339))
	return []Notice{newNotice("clock", "", text)}
}

// listNotice reports that the plan was made from a saved inventory.
func (w *planner) listNotice() []Notice {
	if w.Options.Inventory.IsZero() {
		return nil
	}
	text := fmt.Sprintf("-inventory: this plan was made from a list of %s and cannot be applied.", w.Options.Inventory.Format(time.RFC3339))
	return []Notice{newNotice("inventory", "", text)}
}

// askedAgain names the sensitive variables that an apply of the saved plan has
// to be given, because it reads no files of values on its own.
func (w *planner) askedAgain() []Notice {
	var names []string
	for _, v := range w.Spec.Variables {
		if v.Sensitive && !v.FromEnv {
			names = append(names, "var."+v.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	text := fmt.Sprintf("apply: needs %s again, in the environment (VMXSYNC_VAR_...) or with -var-file: a saved plan holds no secrets.", strings.Join(names, ", "))
	return []Notice{newNotice("sensitive", "", text)}
}

// Summarize counts what the changes of the plan do, and what is kept.
func (p *Plan) Summarize() Summary {
	s := Summary{Unchanged: len(p.Kept)}
	for _, c := range p.Changes {
		switch c.Action {
		case Create:
			s.Add++
		case Update:
			s.Change++
		case Delete:
			s.Destroy++
			s.FreeBytes += c.Frees()
		}
		if c.Uploads() {
			s.UploadBytes += c.Bytes
		}
	}
	return s
}

// StartedBytes are those of an upload that was started, as far as they may be
// parts of its files. What of them cannot be proven is sent all the same.
func (c Change) StartedBytes() (n int64) {
	if c.Mode != Resume {
		return 0
	}
	sizes := make(map[string]int64, len(c.Files))
	for _, f := range c.Files {
		sizes[f.Path] = f.Size
	}
	for _, f := range c.Before {
		n += min(f.Size, sizes[f.Path])
	}
	return n
}

// Sends are the sets that the plan reads at its sources, by source, each once.
func (p *Plan) Sends() map[string][]state.Key {
	sent, seen := map[string][]state.Key{}, map[string]bool{}
	for _, c := range p.Changes {
		_, k, err := state.SplitAddress(c.Address)
		at := state.Address(c.Source, k)
		if err != nil || !c.Uploads() || seen[at] {
			continue
		}
		seen[at] = true
		sent[c.Source] = append(sent[c.Source], k)
	}
	return sent
}

// Frees is how many bytes a delete leaves to others: none while the set stays in
// trash.
func (c Change) Frees() int64 {
	if c.InTrash {
		return 0
	}
	return c.Bytes
}

// Uploads reports whether the change reads files at the source.
func (c Change) Uploads() bool { return c.Mode == Upload || c.Mode == Resume || c.Mode == Replace }
