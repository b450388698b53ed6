package planfile

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/known"
)

// A plan may have a hundred thousand changes: its lists are written element by element, so
// that no second copy of its text is ever needed.

// writers write the elements of the lists of a plan that may have steps.
type writers struct {
	place   func(to []byte, i int, p diff.Place) ([]byte, error)
	cleanup func(to []byte, i int, c diff.Cleanup) ([]byte, error)
	change  func(to []byte, i int, c diff.Change) ([]byte, error)
}

// withoutSteps writes them as a plan file has them.
func withoutSteps() writers {
	saved := sharing()
	return writers{
		place:   func(to []byte, _ int, p diff.Place) ([]byte, error) { return appendPlace(to, p, nil) },
		cleanup: func(to []byte, _ int, c diff.Cleanup) ([]byte, error) { return appendValue(to, c) },
		change:  func(to []byte, _ int, c diff.Change) ([]byte, error) { return appendValue(to, saved(c)) },
	}
}

// appendPlan appends the canonical text of a plan.
func appendPlan(to []byte, p *diff.Plan, w writers) ([]byte, error) {
	rest := *p
	rest.Places, rest.Changes, rest.Cleanups, rest.Kept, rest.Groups, rest.Notices = nil, nil, nil, nil, nil, nil
	return appendObject(to, rest, parts{
		"places": list(p.Places, w.place), "changes": list(p.Changes, w.change), "cleanups": list(p.Cleanups, w.cleanup),
		"kept": values(p.Kept), "groups": values(p.Groups), "notices": values(p.Notices),
	})
}

func appendPlace(to []byte, p diff.Place, steps []diff.Step) ([]byte, error) {
	large := parts{}
	if len(p.Observed) > 0 {
		large["observed"] = values(p.Observed)
	}
	if p.Known != nil {
		record := *p.Known
		large["known"] = func(to []byte) ([]byte, error) { return appendRecord(to, record) }
	}
	if len(steps) > 0 {
		large["steps"] = values(steps)
	}
	p.Observed, p.Known = nil, nil
	return appendObject(to, p, large)
}

func appendRecord(to []byte, r known.Record) ([]byte, error) {
	large := parts{"sets": values(r.Sets)}
	if len(r.Verdicts) > 0 {
		large["verdicts"] = values(r.Verdicts)
	}
	if len(r.Sourced) > 0 {
		large["sourced"] = values(r.Sourced)
	}
	r.Sets, r.Verdicts, r.Sourced = nil, nil, nil
	return appendObject(to, r, large)
}

// part appends one value.
type part func(to []byte) ([]byte, error)

// parts are the members of an object that are written on their own, by name.
type parts map[string]part

// appendObject appends an object: small, which is canonical by itself, and its large parts.
func appendObject(to []byte, small any, large parts) ([]byte, error) {
	text, err := canonical(small)
	if err != nil {
		return nil, err
	}
	all := parts{}
	eachMember(text, func(name, value jsontext.Value) bool {
		all[strings.Trim(string(name), `"`)] = func(to []byte) ([]byte, error) { return append(to, value...), nil }
		return true
	})
	var names []string
	for name, write := range large {
		all[name] = write
	}
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	to = append(to, '{')
	for i, name := range names {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, `"`+name+`":`...)
		if to, err = all[name](to); err != nil {
			return nil, err
		}
	}
	return append(to, '}'), nil
}

// list is an array.
func list[T any](all []T, write func(to []byte, i int, one T) ([]byte, error)) part {
	return func(to []byte) (_ []byte, err error) {
		to = append(to, '[')
		for i, one := range all {
			if i > 0 {
				to = append(to, ',')
			}
			if to, err = write(to, i, one); err != nil {
				return nil, err
			}
		}
		return append(to, ']'), nil
	}
}

// values is an array of values that are small.
func values[T any](all []T) part {
	return list(all, func(to []byte, _ int, one T) ([]byte, error) { return appendValue(to, one) })
}

func appendValue(to []byte, v any) ([]byte, error) {
	text, err := canonical(v)
	return append(to, text...), err
}
