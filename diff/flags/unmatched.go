package flags

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/wording"
)

// ErrNoMatch: no address matches the pattern of a flag.
var ErrNoMatch = errors.New("no address matches")

// Nameable are the addresses that a flag may match, and the places and VMs that could
// not be read.
type Nameable struct{ Known, Unread []string }

// Refuse joins an error for each pattern of a flag that matches nothing: a typo must not
// look like a plan with nothing to do.
func (n Nameable) Refuse(o Options, flag string, patterns []string) error {
	var errs []error
	for _, p := range patterns {
		is := func(a string) bool { return o.names([]string{p}, a) }
		may := func(scope string) bool { return mayName(p, scope) }
		if !slices.ContainsFunc(n.Known, is) && !slices.ContainsFunc(n.Unread, may) {
			hint := whatToName(p, slices.Sorted(slices.Values(slices.Concat(n.Known, n.Unread))))
			errs = append(errs, providers.WithHint(fmt.Errorf("%w -%s=%q", ErrNoMatch, flag, p), hint))
		}
	}
	return errors.Join(errs...)
}

// mayName reports whether a pattern may name something in a place, or of a VM
// there, that could not be read.
func mayName(pattern, scope string) bool {
	parts, n := strings.Split(pattern, "/"), len(Levels(scope))
	return match(pattern, scope) || strings.Contains(pattern, "**") || len(parts) > n && match(strings.Join(parts[:n], "/"), scope)
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
			if all := Levels(address); n < len(all) {
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
		if rest != "" && match(pattern, rest) {
			return place + "/" + pattern
		}
	}
	return ""
}
