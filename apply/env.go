package apply

import (
	"cmp"
	"context"

	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// newEnv is what the steps of a job may know.
func (x *executor) newEnv(j *job, of step.Job, store providers.Store) step.Env {
	return step.Env{
		Job: of, Run: x.opts.Run, Owner: x.plan.Name, Store: store, Source: j.Source,
		Journal: x.journal, Sent: x.opts.Sent, Upload: &step.Upload{}, Learned: x.learnedAt(of.Place.Name), Findings: &x.findings,
		Now: x.opts.Now, Wait: x.opts.Wait,
		Guard: func(ctx context.Context) error { return x.guard(ctx, j) },
		Emit:  func(e step.Event) { x.report(j, e) },
	}
}

func (x *executor) learnedAt(place string) *step.Learned {
	if x.learned[place] == nil {
		x.learned[place] = &step.Learned{}
	}
	return x.learned[place]
}

// shareGroups gives each job what the plan says of the sets beside its own.
func (x *executor) shareGroups() {
	kept := map[string]state.State{}
	for _, k := range x.plan.Kept {
		if _, known := kept[k.Address]; !known {
			kept[k.Address] = k.State
		}
	}
	floors := map[string]*int{}
	for _, g := range x.plan.Groups {
		scope := state.Scope(g.Destination, g.VM)
		if floors[scope] == nil {
			floors[scope] = &g.MinKeep
		}
	}
	deletions := map[string][]step.Deletion{}
	for _, j := range x.jobs {
		if s, goes := j.Deletion(); goes && j.Seen {
			deletions[j.Scope()] = append(deletions[j.Scope()], step.Deletion{Stamp: j.Key.Stamp, Step: s.ID, SHA256: j.Observed.SHA256})
		}
	}
	for _, j := range x.jobs {
		j.Group = step.Group{MinKeep: floors[j.Scope()], Deletions: deletions[j.Scope()], Kept: kept, InFull: x.plan.Options.InFull(j.Address)}
	}
}

// env is the environment of a step that is about to be done.
func (x *executor) env(j *job) step.Env {
	e := j.Env
	e.Listed = x.listed
	if j.Has(diff.OpPrune) {
		e.Destinations = x.destinationsOf(j)
	}
	return e
}

// destinationsOf are the places with sets that justify a prune.
func (x *executor) destinationsOf(j *job) map[string]step.Destination {
	all := map[string]step.Destination{}
	for _, name := range j.destinations() {
		place, known := x.plan.Place(name)
		if !known {
			continue
		}
		d := step.Destination{Place: place, Store: x.opts.Stores[name]}
		if err := cmp.Or(x.lost[name], x.unread[state.Scope(name, j.Key.VM)]); err != nil {
			d.Err = &preflight.GroupError{Scope: name, Err: err}
		}
		all[name] = d
	}
	return all
}
