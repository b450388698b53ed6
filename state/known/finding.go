package known

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Finding is what reading a copy has shown: that one of its files holds other bytes
// than its manifest has sums for. It is about that copy alone: a set that was replaced, or
// sent again, has a manifest of another identity and is judged anew.
type Finding struct {
	Key
	Manifest string    `json:"manifest"` // identity of the manifest, hex
	File     string    `json:"file"`     // from the folder of the set; no longer than maxFile
	At       time.Time `json:"at"`       // when it was found, UTC
	Why      string    `json:"why"`      // such as both sums; no longer than maxWhy
	Run      string    `json:"run"`      // of the apply that found it
}

// NewFinding cuts what is too long for a record, and replaces bytes that no text has.
func NewFinding(k Key, manifest, file, why, run string, at time.Time) Finding {
	return Finding{Key: k, Manifest: manifest, File: cut(file, maxFile), At: at.UTC(), Why: cut(why, maxWhy), Run: run}
}

// Found is what is recorded of a set; false where nothing is.
func (r *Record) Found(k Key) (Finding, bool) {
	if r == nil {
		return Finding{}, false
	}
	i, ok := slices.BinarySearchFunc(r.Findings, k, byFindingKey)
	if !ok {
		return Finding{}, false
	}
	return r.Findings[i], true
}

// Note adds a finding. Of two about one set the later one stays.
func (r *Record) Note(f Finding) {
	i, ok := slices.BinarySearchFunc(r.Findings, f.Key, byFindingKey)
	switch {
	case !ok:
		r.Findings = slices.Insert(r.Findings, i, f)
	case !f.At.Before(r.Findings[i].At):
		r.Findings[i] = f
	}
}

// Forget drops what was found of sets.
func (r *Record) Forget(keys ...Key) {
	if len(r.Findings) == 0 {
		return
	}
	is := among(keys)
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return is(f.Key) })
}

func byFindingKey(f Finding, k Key) int { return f.Key.Compare(k) }

func sameFindings(a, b []Finding) bool {
	return slices.EqualFunc(a, b, func(x, y Finding) bool {
		same := x.At.Equal(y.At)
		x.At, y.At = time.Time{}, time.Time{}
		return same && x == y
	})
}

// checkFindings proves of findings what Check proves of a record: they lie where
// others write, and are printed.
func checkFindings(all []Finding) error {
	keys := make([]Key, len(all))
	for i, f := range all {
		sum, err := hex.DecodeString(f.Manifest)
		switch {
		case err != nil || len(sum) != 32:
			return fmt.Errorf("the finding of %q names no manifest", f.Key)
		case f.File == "" || f.At.IsZero():
			return fmt.Errorf("the finding of %q names no file, or no time", f.Key)
		case max(len(f.File)-maxFile, len(f.Why)-maxWhy, len(f.Run)-maxWhy) > 0:
			return errors.New("the text of a finding is too long")
		}
		keys[i] = f.Key
	}
	return checkKeys(keys)
}
