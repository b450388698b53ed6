package diff

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// ErrNoMatch: no address matches the pattern of a flag.
var ErrNoMatch = errors.New("no address matches")

// maxBranches bounds what a pattern is tried in: each {a,b} doubles that.
const maxBranches = 24

// CheckPattern returns what is wrong with a pattern of addresses.
func CheckPattern(pattern string) error {
	switch {
	case pattern == "":
		return errors.New("it is empty")
	case !doublestar.ValidatePattern(pattern):
		return fmt.Errorf("%q is not a valid pattern; write a [ or { of a name as \\[ or \\{", pattern)
	case strings.Count(pattern, "{")+strings.Count(pattern, ",") > maxBranches:
		return fmt.Errorf("%q has too many alternatives", pattern)
	}
	return nil
}

// names reports whether a pattern names an address: the address itself, or what
// it lies in. "nas" and "nas/*" name all that is at nas, "nas/Bart" all of a VM.
func names(pattern, address string) bool {
	for _, level := range levels(address) {
		if pattern == level || doublestar.MatchUnvalidated(pattern, level) {
			return true
		}
	}
	return false
}

// names reports whether one of the patterns matches an address. A pattern that is the
// exact name of something matches that alone: "nas/web[1]", pasted from the output,
// does not name nas/web1 as well.
func (o Options) names(patterns []string, address string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return names(cmp.Or(o.literal[p], p), address) })
}

// meant are patterns as they are to be read without knowing what is there.
func (o Options) meant(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		all = append(all, cmp.Or(o.literal[p], p))
	}
	return all
}

// literally finds the patterns that begin with the very name of something, and
// what they mean then.
func (w *planner) literally() map[string]string {
	o, there, meant := w.Options, map[string]bool{}, map[string]string{}
	patterns := slices.DeleteFunc(slices.Concat(o.Target, o.Exclude, o.Adopt, o.Accept), func(p string) bool { return !strings.ContainsAny(p, wildcards) })
	if len(patterns) == 0 {
		return nil
	}
	for _, address := range w.addresses() {
		for _, level := range levels(address) {
			there[level] = true
		}
	}
	for _, p := range patterns {
		parts := strings.Split(p, "/")
		for n := len(parts); n > 0; n-- {
			head := strings.Join(parts[:n], "/")
			if there[head] && strings.ContainsAny(head, wildcards) {
				meant[p] = strings.Join(append([]string{Literal(head)}, parts[n:]...), "/")
				break
			}
		}
	}
	return meant
}

// wildcards are what a pattern gives a meaning of its own.
const wildcards = `*?[]{}\\`

// Literal is the pattern that matches name alone.
func Literal(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if strings.IndexByte(wildcards, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// levels are "nas", "nas/Bart" and "nas/Bart/2026-11-21-010000".
func levels(address string) (all []string) {
	for i, r := range address {
		if r == '/' {
			all = append(all, address[:i])
		}
	}
	return append(all, address)
}

// refuseNames joins an error for each pattern of a flag that matches nothing: a typo
// must not look like a plan with nothing to do. Sources have
// nothing to destroy, to adopt or to replace.
func (w *planner) refuseNames() error {
	o := w.Options
	if len(o.Target)+len(o.Exclude)+len(o.Adopt)+len(o.Replace)+len(o.Accept) == 0 {
		return nil
	}
	all := nameable{w.addresses(), w.unread()}
	there := nameable{w.atDestinations(all.known), w.atDestinations(all.unread)}
	targets := all
	if o.Destroy {
		targets = there
	}
	return errors.Join(
		targets.refuse(o, "target", o.Target), all.refuse(o, "exclude", o.Exclude),
		there.refuse(o, "adopt", o.Adopt), there.refuse(o, "replace", o.Replace), there.refuse(o, "accept", o.Accept),
	)
}

// nameable are the addresses that a flag may match, and the places and VMs that could
// not be read.
type nameable struct{ known, unread []string }

func (n nameable) refuse(o Options, flag string, patterns []string) error {
	var errs []error
	for _, p := range patterns {
		is := func(a string) bool { return o.names([]string{p}, a) }
		may := func(scope string) bool { return mayName(p, scope) }
		if !slices.ContainsFunc(n.known, is) && !slices.ContainsFunc(n.unread, may) {
			hint := whatToName(p, slices.Sorted(slices.Values(slices.Concat(n.known, n.unread))))
			errs = append(errs, providers.WithHint(fmt.Errorf("%w -%s=%q", ErrNoMatch, flag, p), hint))
		}
	}
	return errors.Join(errs...)
}

// atDestinations are those addresses that are not at a source.
func (w *planner) atDestinations(addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		_, there := w.Spec.Destination(levels(a)[0])
		return !there
	})
}

// mayName reports whether a pattern may name something in a place, or of a VM
// there, that could not be read.
func mayName(pattern, scope string) bool {
	parts, n := strings.Split(pattern, "/"), len(levels(scope))
	return names(pattern, scope) || strings.Contains(pattern, "**") || len(parts) > n && names(strings.Join(parts[:n], "/"), scope)
}

// unread are the places, and the VMs there, that could not be read.
func (w *planner) unread() (all []string) {
	for place, inv := range w.Inventories {
		for vm := range inv.UnknownVMs {
			all = append(all, state.Scope(place, vm))
			if vm == state.AnyVM {
				all = append(all, place)
			}
		}
	}
	for _, d := range w.Spec.Destinations {
		if !w.readable(d.Name) {
			all = append(all, d.Name)
		}
	}
	return all
}

// addresses are those of all sets at the places, or that may be uploaded.
func (w *planner) addresses() []string {
	var all []string
	for place, inv := range w.Inventories {
		for _, s := range inv.Sets {
			all = append(all, state.Address(place, s.Key))
		}
		for _, s := range inv.Staged {
			all = append(all, state.Address(place, s.Key))
		}
		for _, t := range inv.Trash {
			all = append(all, state.Address(place, t.Key))
		}
		for _, s := range inv.Vanished(inv.Known) {
			all = append(all, state.Address(place, state.KeyOf(s.Key)))
		}
		for _, a := range inv.Asides {
			all = append(all, state.Address(place, a.Key))
		}
	}
	for _, d := range w.Spec.Destinations {
		for _, s := range w.Spec.Sources {
			all = append(all, w.coming(s, d)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// coming are the addresses that sets of a source have, or would have, at a
// destination.
func (w *planner) coming(s state.Source, d state.Destination) (all []string) {
	for vm, sets := range w.holds[s.Name] {
		if _, ok := w.assignment(s, d, vm); !ok {
			continue
		}
		for _, set := range sets {
			all = append(all, state.Address(d.Name, set.Key))
		}
	}
	return all
}

// whatToName is the hint for a pattern that matches nothing.
func whatToName(pattern string, known []string) string {
	const form = "An address is destination/vm/2026-11-21-010000, and * stands for any part of it; vmxsync list shows what is there."
	if best := meant(pattern, known); best != "" {
		return fmt.Sprintf("Did you mean %q? ", best) + form
	}
	return form
}

// meant is the pattern that was probably meant: its first part that matches nothing
// is corrected.
func meant(pattern string, known []string) string {
	parts := strings.Split(pattern, "/")
	for n := range parts {
		head, rest := strings.Join(parts[:n+1], "/"), parts[n+1:]
		var here []string
		for _, address := range known {
			if all := levels(address); n < len(all) {
				here = append(here, all[n])
			}
		}
		here = slices.Compact(here)
		if slices.ContainsFunc(here, func(level string) bool { return head == level || doublestar.MatchUnvalidated(head, level) }) {
			continue
		}
		if best := wording.Nearest(head, here); best != "" {
			return strings.Join(append([]string{best}, rest...), "/")
		}
		return withPlace(pattern, known)
	}
	return ""
}

// withPlace is the pattern where only its destination was left out.
func withPlace(pattern string, known []string) string {
	for _, address := range known {
		place, rest, _ := strings.Cut(address, "/")
		if rest != "" && names(pattern, rest) {
			return place + "/" + pattern
		}
	}
	return ""
}
