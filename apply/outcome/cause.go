package outcome

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Cause is why changes at one place failed: one for all that failed for the same
// reason.
type Cause struct {
	Place    string
	Text     string // what is wrong, as part of a sentence; escaped
	Short    string // in two or three words, for the subject of a mail; escaped
	Full     bool   // the place has no room left
	Hint     string
	Outcomes []Outcome // in the order of work
}

// kinds maps errors to causes.
var kinds = []struct {
	is          func(error) bool
	text, short string
}{
	{func(err error) bool { return errors.Is(err, source.ErrChanged) }, "the source changed during the upload", "source changed"},
	{func(err error) bool { _, ok := errors.AsType[*source.Error](err); return ok }, "the source could not be read", "source not readable"},
	{func(err error) bool { return errors.Is(err, providers.ErrFull) }, "no space left at the destination", "disk full"},
	{func(err error) bool { return errors.Is(err, providers.ErrLogin) }, "the server refused the login", "login refused"},
	{func(err error) bool { return errors.Is(err, providers.ErrUnreachable) }, "the destination could not be reached", "not reachable"},
	{func(err error) bool { return errors.Is(err, fs.ErrPermission) }, "the destination denied permission", "permission denied"},
}

// Causes groups what failed by place and reason, in the order of work. Cancelled
// changes belong to no cause.
func (r Result) Causes() []Cause {
	var causes []Cause
	at := map[[2]string]int{}
	for _, o := range r.Outcomes {
		if o.Status != StatusFailed {
			continue
		}
		c := causeOf(o)
		key := [2]string{c.Place, c.Text}
		i, known := at[key]
		if !known {
			i = len(causes)
			at[key] = i
			causes = append(causes, c)
		}
		causes[i].Outcomes = append(causes[i].Outcomes, o)
		causes[i].Hint = cmp.Or(causes[i].Hint, c.Hint)
	}
	return causes
}

func causeOf(o Outcome) Cause {
	place, _, _ := strings.Cut(o.Address, "/")
	c := Cause{Place: place, Hint: providers.Hint(o.Err), Full: errors.Is(o.Err, providers.ErrFull)}
	for _, k := range kinds {
		if k.is(o.Err) {
			c.Text, c.Short = k.text, k.short
			return c
		}
	}
	c.Text = providers.Escape(without(innermost(o.Err).Error(), o))
	c.Short = c.Text
	if r := []rune(c.Short); len(r) > maxShort {
		c.Short = string(r[:maxShort]) + "..."
	}
	return c
}

// maxShort is how long a reason in a subject may be.
const maxShort = 60

// innermost is the original error: the first one if several are joined.
func innermost(err error) error {
	for {
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			if x.Unwrap() == nil {
				return err
			}
			err = x.Unwrap()
		case interface{ Unwrap() []error }:
			if len(x.Unwrap()) == 0 {
				return err
			}
			err = x.Unwrap()[0]
		default:
			return err
		}
	}
}

// numbers make one reason look like several: bytes, ports, times.
var numbers = regexp.MustCompile(`[0-9]+`)

// without removes from a text whatever identifies the set that it is about.
func without(text string, o Outcome) string {
	_, k, err := state.SplitAddress(o.Address)
	if err != nil {
		return text
	}
	for _, name := range []string{o.Address, k.String(), string(k.Stamp)} {
		text = strings.ReplaceAll(text, name, "...")
	}
	return numbers.ReplaceAllStringFunc(text, func(n string) string {
		if len(n) > 3 {
			return "..."
		}
		return n
	})
}

// Sets lists how many changes failed for each VM: "sql01 2, web01".
func (c Cause) Sets() string {
	const shown = 8
	var vms []string
	counts := map[string]int{}
	for _, o := range c.Outcomes {
		name := o.Address
		if _, k, err := state.SplitAddress(o.Address); err == nil {
			name = k.VM
		}
		if counts[name] == 0 {
			vms = append(vms, name)
		}
		counts[name]++
	}
	slices.SortStableFunc(vms, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	var parts []string
	for _, vm := range vms[:min(len(vms), shown)] {
		part := providers.Escape(vm)
		if counts[vm] > 1 {
			part += fmt.Sprintf(" %d", counts[vm])
		}
		parts = append(parts, part)
	}
	if more := len(vms) - shown; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}

// Say describes the cause of several failures in a sentence: "7 sets failed at small:
// no space left at the destination (sql01 2, web01 2)".
func (c Cause) Say() string {
	return fmt.Sprintf("%d sets failed at %s: %s (%s)", len(c.Outcomes), providers.Escape(c.Place), c.Text, c.Sets())
}
