package due

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Set is a set that stays at a destination.
type Set struct {
	Key      state.Key
	Files    []state.File    // as they were listed
	Manifest *state.Manifest // nil: it was not read, and a proof is taken to be of this upload
	Proof    state.Proof     // zero: nothing was proven
}

// Copy is a set that is due.
type Copy struct {
	Key    state.Key
	Proven time.Time // of the file that was proven longest ago; zero: one never was
	Bytes  int64     // that are still to be read
	Begun  bool      // some of it was read recently
	Unread bool      // its manifest was not: it may have no checksums
}

// Share is what is due at a destination.
type Share struct {
	Sets     int    // that can be proven, due or not
	Bytes    int64  // of these
	Due      []Copy // those whose proof is oldest first
	InBudget int    // how many of these one apply begins with MaxBytes
}

// Since is the time before which a proof is due: also if it would be too old before the next
// night, as far as that is a small part of the period.
func Since(v config.Verify, now time.Time) time.Time {
	since := v.Every.Before(now)
	return since.Add(min(now.Sub(since)/8, 24*time.Hour))
}

// Find finds what is due. Sets without checksums are not where a server is asked for its own:
// nothing can be compared with them. Else they are read, so that they get checksums.
func Find(v config.Verify, now time.Time, sets []Set) Share {
	var s Share
	since := Since(v, now)
	for _, set := range sets {
		if set.Manifest != nil && set.Manifest.NoSums && v.Level == state.ServerProof {
			continue
		}
		s.Sets++
		s.Bytes += state.TotalBytes(set.Files)
		if c := set.copy(v.Level, since, now); c.Proven.Before(since) {
			s.Due = append(s.Due, c)
		}
	}
	slices.SortStableFunc(s.Due, func(a, b Copy) int {
		if c := a.Proven.Compare(b.Proven); c != 0 {
			return c
		}
		return a.Key.Compare(b.Key)
	})
	s.InBudget = inBudget(s.Due, v.MaxBytes)
	return s
}

// inBudget is how many copies are begun before the budget is spent; 0 is no limit.
func inBudget(due []Copy, budget int64) int {
	var sum int64
	for i, c := range due {
		if budget > 0 && sum >= budget {
			return i
		}
		sum += c.Bytes
	}
	return len(due)
}

// copy is the set with what is left to be read of it: what was proven since then is not.
func (s Set) copy(level string, since, now time.Time) Copy {
	c := Copy{Key: s.Key, Unread: s.Manifest == nil}
	proof := s.Proof
	if s.Manifest != nil && !proof.IsOf(s.Manifest) {
		proof = state.Proof{} // of an earlier upload
	}
	never := false
	for _, f := range s.wanted(proof) {
		was, _ := proof.Of(f.Path)
		proven := was.Proves(f, time.Unix(0, 0)) && !state.IsAhead(was.At, now) && (was.Level == state.ReadProof || level == state.ServerProof)
		switch {
		case proven && (c.Proven.IsZero() || was.At.Before(c.Proven)):
			c.Proven = was.At
		case !proven:
			never = true
		}
		switch {
		case proven && !was.At.Before(since):
			c.Begun = true
			continue
		case was.Continues(f.Size, now):
			c.Begun = true
			c.Bytes -= was.Offset
		}
		c.Bytes += f.Size
	}
	if never {
		c.Proven = time.Time{}
	}
	return c
}

// wanted are the files that are to be proven. Where the manifest was not read, the listing
// shows them, and the sum in the proof is taken for that of the manifest: so it is where the
// manifest has none.
func (s Set) wanted(proof state.Proof) []state.ManifestFile {
	if s.Manifest != nil && !s.Manifest.NoSums {
		return s.Manifest.Files
	}
	files := make([]state.ManifestFile, len(s.Files))
	for i, f := range s.Files {
		was, _ := proof.Of(f.Path)
		files[i] = state.ManifestFile{Path: f.Path, Size: f.Size, SHA256: was.SHA256}
	}
	return files
}
