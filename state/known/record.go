package known

import (
	"slices"
	"time"
)

// Record is what one apply knew to be complete at one destination when it ended.
type Record struct {
	Name string `json:"name"` // of the configuration
	// Place is the name of the destination; "" in records from before it was written.
	Place string    `json:"place,omitempty"`
	Run   string    `json:"run"` // of the apply that wrote it; "" in a plan
	At    time.Time `json:"at"`  // when its sets were seen, UTC
	// Seq is one more than that of the record which this one succeeds. It orders
	// records where the clocks of two machines do not.
	Seq int64 `json:"seq"`
	// Server is what identifies the server; zero where that is not known.
	Server Server `json:"server,omitzero"`
	// Moves is what was renamed there from one folder into another, as publishing a
	// set needs; "" where nothing was.
	Moves Moves `json:"moves,omitempty"`
	// Sets are those that were complete, and those that have vanished and whose
	// loss nobody has accepted, sorted by VM and time.
	Sets []Set `json:"sets"`
	// Accepted are the suspicious sets that a person has accepted, in the same order.
	Accepted []Acceptance `json:"accepted,omitempty"`
	// Findings are the copies that were found damaged, in the same order. Records of
	// versions that did not write them have none.
	Findings []Finding `json:"findings,omitempty"`
	// Verdicts are those over all sets that were compared with the sets before them,
	// in the same order; also over sets that only a source holds.
	Verdicts []Verdict `json:"verdicts,omitempty"`
	// Room are the VMs for whose uploads room was made that none has taken, sorted.
	Room []Room `json:"room,omitempty"`
	// Sourced are the VMs that sources hold, and those that are gone from there, sorted.
	// Records of versions that did not write them have none.
	Sourced []Sourced `json:"sourced,omitempty"`
}

// Set is one set of the record.
type Set struct {
	Key
	Files  int    `json:"files"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // over sorted paths and sizes
	// Manifest is the Digest of its manifest; "" where it was not read.
	Manifest string `json:"manifest,omitempty"`
	// Seen is when a set was last seen that has vanished since; zero for one that
	// was there.
	Seen time.Time `json:"seen,omitzero"`
}

// Acceptance records that a person has accepted a set with exactly that content.
type Acceptance struct {
	Key
	SHA256 string `json:"sha256"` // over sorted paths and sizes
}

// LastSeen is when a set of the record was last seen.
func (r *Record) LastSeen(s Set) time.Time {
	if s.Seen.IsZero() {
		return r.At
	}
	return s.Seen
}

// Held is how many sets were there.
func (r *Record) Held() (n int) {
	for _, s := range r.Sets {
		if s.Seen.IsZero() {
			n++
		}
	}
	return n
}

// Find returns the set of that key.
func (r *Record) Find(k Key) (Set, bool) {
	if r == nil {
		return Set{}, false
	}
	i, ok := slices.BinarySearchFunc(r.Sets, k, bySetKey)
	if !ok {
		return Set{}, false
	}
	return r.Sets[i], true
}

// Accepts reports whether a person has accepted the set with that content.
func (r *Record) Accepts(k Key, sha256 string) bool {
	if r == nil {
		return false
	}
	i, ok := slices.BinarySearchFunc(r.Accepted, k, func(a Acceptance, k Key) int { return a.Key.Compare(k) })
	return ok && r.Accepted[i].SHA256 == sha256
}

// Put adds sets, or replaces those of their keys; of two with one key the later one stays.
func (r *Record) Put(sets ...Set) {
	switch len(sets) {
	case 0:
	case 1:
		r.put(sets[0])
	default:
		r.putAll(sets)
	}
}

func (r *Record) put(s Set) {
	i, ok := slices.BinarySearchFunc(r.Sets, s.Key, bySetKey)
	if ok {
		r.Sets[i] = s
		return
	}
	r.Sets = slices.Insert(r.Sets, i, s)
}

// putAll moves no set more than once, however many are added between others.
func (r *Record) putAll(sets []Set) {
	all := slices.Concat(r.Sets, sets)
	slices.SortStableFunc(all, func(a, b Set) int { return a.Key.Compare(b.Key) })
	n := 0
	for i, s := range all {
		if i+1 < len(all) && all[i+1].Key == s.Key {
			continue
		}
		all[n] = s
		n++
	}
	r.Sets = all[:n]
}

func bySetKey(s Set, k Key) int { return s.Key.Compare(k) }

// Drop removes the sets of those keys, what was accepted and what was found of them.
func (r *Record) Drop(keys ...Key) {
	if len(keys) == 0 {
		return
	}
	r.Forget(keys...)
	is := among(keys)
	r.Sets = slices.DeleteFunc(r.Sets, func(s Set) bool { return is(s.Key) })
	r.Accepted = slices.DeleteFunc(r.Accepted, func(a Acceptance) bool { return is(a.Key) })
}

// among returns a function that reports whether a key is one of those.
func among(keys []Key) func(Key) bool {
	all := make(map[Key]bool, len(keys))
	for _, k := range keys {
		all[k] = true
	}
	return func(k Key) bool { return all[k] }
}

// Accept adds the acceptance of a set.
func (r *Record) Accept(a Acceptance) {
	i, ok := slices.BinarySearchFunc(r.Accepted, a.Key, func(a Acceptance, k Key) int { return a.Key.Compare(k) })
	if ok {
		r.Accepted[i] = a
		return
	}
	r.Accepted = slices.Insert(r.Accepted, i, a)
}

// Clone is a copy that shares nothing.
func (r *Record) Clone() *Record {
	if r == nil {
		return nil
	}
	c := *r
	c.Sets, c.Accepted, c.Findings = slices.Clone(r.Sets), slices.Clone(r.Accepted), slices.Clone(r.Findings)
	c.Verdicts, c.Room = slices.Clone(r.Verdicts), slices.Clone(r.Room)
	c.Sourced = slices.Clone(r.Sourced)
	return &c
}

// SameFacts reports whether a holds all that b holds, of the same sets, whoever wrote
// them and when. Digests of manifests are not compared, as they may not be known, and
// verdicts on sets that no longer exist do not matter.
func SameFacts(a, b *Record) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Name == b.Name && a.Place == b.Place && a.Server.Certificate == b.Server.Certificate && slices.Equal(a.Accepted, b.Accepted) &&
		a.Moves == b.Moves && coverVerdicts(a.Verdicts, b.Verdicts) && sameSourced(a.Sourced, b.Sourced) && sameFindings(a.Findings, b.Findings) && slices.EqualFunc(a.Room, b.Room, sameRoom) &&
		slices.EqualFunc(a.Sets, b.Sets, func(x, y Set) bool {
			x.Seen, y.Seen = x.Seen.UTC(), y.Seen.UTC()
			x.Manifest, y.Manifest = "", ""
			return x == y
		})
}
