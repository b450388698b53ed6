package observe

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// ErrAmbiguous: a name of the configuration means two things.
var ErrAmbiguous = errors.New("is ambiguous")

// assign finds the backup that decides on a VM at a destination: the one whose source
// holds the VM; else the one that names it literally; else there is none.
func assign(w *World, d config.Destination, vm string) (Group, error) {
	var held, literal, any []assignment
	for _, s := range w.Spec.Sources {
		x, ok := w.assignment(s, d, vm)
		if !ok {
			continue
		}
		any = append(any, x)
		if w.Holds(s.Name, vm) {
			held = append(held, x)
		}
		if w.Spec.Literal(x.backup, vm) {
			literal = append(literal, x)
		}
	}
	switch {
	case len(held) > 0:
		return assigned(w, d, vm, held, "")
	case len(literal) > 0:
		return assigned(w, d, vm, literal, "")
	case len(any) > 0:
		return assigned(w, d, vm, any[:1], Orphan)
	}
	return Group{World: w, Destination: d, VM: vm, Rule: Unassigned, Policy: config.Policy{MinKeep: 1}, Verify: d.Verify}, nil
}

func assigned(w *World, d config.Destination, vm string, xs []assignment, rule string) (Group, error) {
	if len(xs) > 1 {
		return Group{}, providers.WithHint(fmt.Errorf("%q %w: backup %q of source %q and backup %q of source %q both send it there",
			state.Scope(d.Name, vm), ErrAmbiguous, xs[0].backup.Name, xs[0].source.Name, xs[1].backup.Name, xs[1].source.Name),
			"Exclude the VM in one of the two backups, or send one of them to another destination.")
	}
	x := xs[0]
	g := Group{World: w, Destination: d, VM: vm, Rule: rule, Source: x.source, Order: x.copy.Order, Verified: x.backup.VerifiedWithin, MaxBehind: x.backup.MaxBehind}
	if g.Verify = config.VerifyOf(x.backup, d); x.backup.Verify != nil {
		g.VerifyBy = x.backup.Name
	}
	g.Policy, _ = w.Spec.Policy(x.copy.Policy)
	g.Policy.MinKeep = max(g.Policy.MinKeep, 1)
	g.Held = w.CheckDeletes(g.Source, vm)
	g.Ended = x.backup.Retires(vm) && !w.Holds(x.source.Name, vm) || rule == Orphan && retired(w, d, vm)
	if !g.Ended {
		g.Fresh = x.backup.FreshWithin
	}
	return g, nil
}

// retired reports whether a backup that would send the VM there excludes it: it is no
// longer backed up, though a backup of another source may match its name.
func retired(w *World, d config.Destination, vm string) bool {
	return slices.ContainsFunc(w.Spec.Sources, func(s config.Source) bool {
		b, ok := w.Spec.Assign(s.Name, vm)
		return !ok && slices.ContainsFunc(b.Copies, func(c config.Copy) bool { return c.Destination == d.Name })
	})
}
