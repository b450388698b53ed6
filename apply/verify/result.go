package verify

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// The errors of a verification, for callers that end with them.
var (
	ErrBad     = errors.New("a copy does not match its manifest")
	ErrUnasked = errors.New("a copy could not be asked")
)

// Outcome is what was found of a file.
type Outcome string

const (
	OK         Outcome = "ok"
	Missing    Outcome = "missing"       // the manifest names it, and it is not there
	Size       Outcome = "size"          // it has another size
	Sum        Outcome = "sum"           // it holds other bytes
	Unreadable Outcome = "unreadable"    // it is there, and the place does not let it be read
	Unexpected Outcome = "unexpected"    // no manifest names it
	NoSums     Outcome = "no sums"       // it has no checksum: only its size was compared
	First      Outcome = "first reading" // it has no checksum, and a reading has found the one that the next plan puts into the manifest
	Unasked    Outcome = "not asked"     // the place could not be asked
	Later      Outcome = "later"         // the budget was spent before
	Vanished   Outcome = "vanished"      // of a set: it is recorded, absent, and was not deleted
)

// Bad reports whether the copy does not hold what its manifest says.
func (o Outcome) Bad() bool {
	return o == Missing || o == Size || o == Sum || o == Unreadable || o == Unexpected
}

// File is what was found of one file.
type File struct {
	Path    string    `json:"path"` // from the folder of the set; may be hostile
	Size    int64     `json:"size"` // bytes, by the manifest
	Outcome Outcome   `json:"outcome"`
	Level   Level     `json:"level,omitempty"` // of a proof
	At      time.Time `json:"at,omitzero"`     // of the proof, UTC
	// Bad are the byte ranges that hold other bytes, where block sums show them:
	// "67108864-134217727". Empty: not known more closely.
	Bad []string `json:"bad,omitempty"`
	Why string   `json:"why,omitempty"` // in one line; may hold hostile names
}

// Set is what was found of one copy.
type Set struct {
	Copy  Copy
	Files []File // by path
	// Gone: the set was deleted since it was listed.
	Gone bool
	// Vanished is when the set was last seen, where the record of the destination has it, it
	// is absent, and no apply has deleted it; zero for any other.
	Vanished time.Time
	// Why is why nothing was asked of the set as a whole; nil if something was.
	Why error
	// Unrecorded is why what was found is not in the record at the place; nil if it is.
	Unrecorded error
}

// Verdict is the outcome of the set as a whole: that of its worst file.
func (s Set) Verdict() Outcome {
	switch {
	case !s.Vanished.IsZero():
		return Vanished
	case s.Why != nil:
		return Unasked
	}
	worst := OK
	for _, f := range s.Files {
		worst = cmp.Or(worse(f.Outcome, worst), worst)
	}
	return worst
}

// worse is a if it is worse than b, else "".
func worse(a, b Outcome) Outcome {
	order := []Outcome{OK, First, NoSums, Later, Unasked, Unexpected, Unreadable, Missing, Size, Sum}
	if slices.Index(order, a) > slices.Index(order, b) {
		return a
	}
	return ""
}

// Damage is the first file whose bytes were proven to be others than they should be.
func (s Set) Damage() (File, bool) {
	i := slices.IndexFunc(s.Files, func(f File) bool { return f.Outcome == Sum })
	if i < 0 {
		return File{}, false
	}
	return s.Files[i], true
}

// Result is what a verification has found.
type Result struct {
	Level   Level
	Sets    []Set
	Bytes   int64 // read in this run
	Total   int64 // of all copies
	Began   time.Time
	Elapsed time.Duration
}

// Of are the sets with one of those verdicts.
func (r Result) Of(verdicts ...Outcome) (sets []Set) {
	for _, s := range r.Sets {
		if !s.Gone && slices.Contains(verdicts, s.Verdict()) {
			sets = append(sets, s)
		}
	}
	return sets
}

// Rounds is how many runs with that budget read all copies once; 0 if there is no budget.
func (r Result) Rounds(budget int64) int64 {
	if budget <= 0 || r.Level != Read {
		return 0
	}
	return (r.Total + budget - 1) / budget
}

// later is a copy that was not reached.
func later(c Copy) Set {
	s := Set{Copy: c}
	if m := c.Set.Manifest; m != nil {
		for _, f := range m.Files {
			s.Files = append(s.Files, File{Path: f.Path, Size: f.Size, Outcome: Later})
		}
	}
	if len(s.Files) == 0 {
		s.Files = []File{{Path: state.ManifestName, Outcome: Later}}
	}
	return s
}
