package restore

import (
	"fmt"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/vmxsync/vmxsync/state"
)

// Address is what a person names to be restored: PLACE/VM/WHEN, where PLACE and VM may be
// globs, and WHEN is the time of a set, a glob of times, Latest, LatestVerified, or
// "@2026-11-20" or "@2026-11-20-010000" for the newest set at or before. ":FILE" behind
// it names one file of the set.
type Address struct {
	Text            string
	Place, VM, When string
	File            string // path in the set; "": all
}

// The words for WHEN.
const (
	Latest         = "latest"          // the newest set that is complete
	LatestVerified = "latest-verified" // the newest set of which each file was proven
)

// ParseAddress reads an address.
func ParseAddress(text string) (Address, error) {
	parts := strings.SplitN(text, "/", 3)
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return Address{}, fmt.Errorf("%q is not an address: want DESTINATION/VM/TIME, with latest or @2026-11-20 in the place of TIME", text)
	}
	a := Address{Text: text, Place: parts[0], VM: parts[1]}
	a.When, a.File, _ = strings.Cut(parts[2], ":")
	for _, glob := range []string{a.Place, a.VM, a.When} {
		if !doublestar.ValidatePattern(glob) || strings.Contains(glob, "/") {
			return Address{}, fmt.Errorf("%q is not an address: %q is not a valid glob", text, glob)
		}
	}
	if day, ok := strings.CutPrefix(a.When, "@"); ok {
		if _, err := endOf(day); err != nil {
			return Address{}, fmt.Errorf("%q: %w", text, err)
		}
	}
	return a, nil
}

// AddressOf is the address of one set at a place, whatever characters its VM has.
func AddressOf(place string, k state.Key) Address {
	return Address{Text: state.Address(place, k), Place: place, VM: meta.Replace(k.VM), When: string(k.Stamp)}
}

// meta takes their meaning from the characters of globs.
var meta = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "{", `\{`)

// endOf is the last time that "2026-11-20" or "2026-11-20-010000" stands for. The times of
// sets are wall clock times, and so is this one.
func endOf(text string) (state.Stamp, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return state.NewStamp(day.Add(24*time.Hour - time.Second)), nil
	}
	stamp, err := state.ParseStamp(text)
	if err != nil {
		return "", fmt.Errorf("%q is not a day or a time: want 2026-11-20 or 2026-11-20-010000", text)
	}
	return stamp, nil
}

// Names reports whether the address may name a set at a place: its manifest has to be
// read.
func (a Address) Names(place string, k state.Key) bool {
	if !a.AtPlace(place) || !fits(a.VM, k.VM) {
		return false
	}
	switch day, at := strings.CutPrefix(a.When, "@"); {
	case a.When == Latest || a.When == LatestVerified:
		return true
	case at:
		end, err := endOf(day)
		return err == nil && k.Stamp <= end
	}
	return fits(a.When, string(k.Stamp))
}

// AtPlace reports whether the address may name a set at that place.
func (a Address) AtPlace(place string) bool { return fits(a.Place, place) }

// fits reports whether a glob matches a name; a name itself always does.
func fits(glob, name string) bool { return glob == name || doublestar.MatchUnvalidated(glob, name) }
