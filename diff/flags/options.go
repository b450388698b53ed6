package flags

import (
	"cmp"
	"slices"
	"time"
)

// Options are the flags that shaped the plan.
type Options struct {
	Partial bool `json:"partial"`
	// TakeOver lets the plan take over roots that belong to others.
	TakeOver bool `json:"take_over,omitempty"`
	// AllowShrink lifts the limits of the guard.
	AllowShrink bool `json:"allow_shrink,omitempty"`
	// Target and Exclude are patterns of addresses: what the plan is about, and
	// what it leaves out. Retention decides about all sets in any case.
	Target  []string `json:"target,omitempty"`
	Exclude []string `json:"exclude,omitempty"`
	// Adopt are patterns of unmarked sets to take over; Replace addresses of sets that
	// are replaced by the local ones.
	Adopt   []string `json:"adopt,omitempty"`
	Replace []string `json:"replace,omitempty"`
	// Accept are patterns of sets that a person accepts: suspicious ones as they
	// are, vanished ones as lost.
	Accept []string `json:"accept,omitempty"`
	// Inventory is when the places were listed, where the plan was made of a
	// saved list: it cannot be applied.
	Inventory time.Time `json:"inventory,omitzero"`
	// Destroy deletes all that Target selects, and uploads nothing.
	Destroy bool `json:"destroy,omitempty"`
	// literal is what patterns mean that begin with the very name of something.
	literal map[string]string
}

// Selective reports whether flags leave changes out of the plan.
func (o Options) Selective() bool { return len(o.Target)+len(o.Exclude) > 0 }

// Selects reports whether the flags let a change of that address into the plan.
func (o Options) Selects(address string) bool {
	all := len(o.Target) == 0 && !o.Destroy
	return (all || o.names(o.Target, address)) && !o.Excludes(address)
}

// Excludes reports whether -exclude names an address.
func (o Options) Excludes(address string) bool { return o.names(o.Exclude, address) }

// Adopts reports whether -adopt names an address.
func (o Options) Adopts(address string) bool { return o.names(o.Adopt, address) }

// AdoptsInFull reports whether -adopt names an address as it is, and by no pattern.
func (o Options) AdoptsInFull(address string) bool { return slices.Contains(o.Adopt, address) }

// Replaces reports whether -replace names an address.
func (o Options) Replaces(address string) bool { return slices.Contains(o.Replace, address) }

// Accepts reports whether -accept names an address.
func (o Options) Accepts(address string) bool { return o.names(o.Accept, address) }

// AcceptsInFull reports whether -accept names an address as it is, and by no pattern:
// no pattern makes a damaged set count.
func (o Options) AcceptsInFull(address string) bool {
	return slices.Contains(o.Accept, address) || slices.Contains(o.Accept, Literal(address))
}

// InFull reports whether -destroy names an address as it is, and by no pattern.
func (o Options) InFull(address string) bool { return o.Destroy && slices.Contains(o.Target, address) }

// names reports whether one of the patterns matches an address. A pattern that is the
// exact name of something matches that alone: "nas/web[1]", pasted from the output,
// does not name nas/web1 as well.
func (o Options) names(patterns []string, address string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(cmp.Or(o.literal[p], p), address) })
}
