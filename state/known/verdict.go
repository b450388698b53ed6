package known

import (
	"cmp"
	"errors"
	"slices"
)

// Verdict is what a comparison of a set with those before it has found.
type Verdict struct {
	Key
	// Of is a sum over the content of the set and the rules of the comparison: of
	// another content, or by other rules, the verdict does not hold.
	Of string `json:"of"`
	// Why is how the set falls short; "" where it does not.
	Why string `json:"why,omitempty"`
}

// SetVerdicts takes verdicts in any order. A reason that is too long is cut.
func (r *Record) SetVerdicts(all []Verdict) {
	for i := range all {
		all[i].Why = cut(all[i].Why, maxWhy)
	}
	slices.SortFunc(all, func(a, b Verdict) int { return a.Key.Compare(b.Key) })
	r.Verdicts = all
}

// Verdict returns what is recorded of the set of that key.
func (r *Record) Verdict(k Key) (Verdict, bool) {
	if r == nil {
		return Verdict{}, false
	}
	return findVerdict(r.Verdicts, k)
}

func findVerdict(all []Verdict, k Key) (Verdict, bool) {
	i, ok := slices.BinarySearchFunc(all, k, func(v Verdict, k Key) int { return v.Key.Compare(k) })
	if !ok {
		return Verdict{}, false
	}
	return all[i], true
}

// VerdictsOf are those of one VM, oldest first.
func (r *Record) VerdictsOf(vm string) []Verdict {
	if r == nil {
		return nil
	}
	from, _ := slices.BinarySearchFunc(r.Verdicts, vm, func(v Verdict, vm string) int { return cmp.Compare(v.VM, vm) })
	to := from
	for to < len(r.Verdicts) && r.Verdicts[to].VM == vm {
		to++
	}
	return r.Verdicts[from:to]
}

// coverVerdicts reports whether all holds every verdict of others. What it has of
// sets that are no longer there does no harm: it is of their content.
func coverVerdicts(all, others []Verdict) bool {
	for _, v := range others {
		if was, ok := findVerdict(all, v.Key); !ok || was != v {
			return false
		}
	}
	return true
}

func checkVerdicts(all []Verdict) error {
	keys := make([]Key, len(all))
	for i, v := range all {
		if v.Of == "" || len(v.Why) > maxWhy {
			return errors.New("a verdict is invalid")
		}
		keys[i] = v.Key
	}
	return checkKeys(keys)
}
