package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/state/known"
)

// State is what a set counts as. The zero value is invalid on purpose.
type State string

const (
	// Complete: at a destination, at its final name with a manifest; at a
	// source, settled and ready.
	Complete State = "complete"
	// Incomplete: in staging; at its final name, where a claim shows that it is
	// uploaded in place and has no valid manifest, or that it is being deleted.
	Incomplete State = "incomplete"
	// Unmarked: at its final name without a manifest; another tool put it there.
	Unmarked State = "unmarked"
	// Differs: complete, but with names or sizes unlike the ready local set.
	Differs State = "differs"
	// Suspicious: complete, but unlike the sets of its VM before it, and not
	// accepted: kept, not counted.
	Suspicious State = "suspicious"
	// OfAnother: complete, and made by another configuration.
	OfAnother State = "of-another"
	// Vanished: recorded, absent, and not deleted by an apply.
	Vanished State = "vanished"
	// Damaged: its manifest is torn or does not fit its files, or a file was read
	// back and held other bytes.
	Damaged State = "damaged"
	// Unknown: its listing failed, or its manifest is of a newer format.
	Unknown State = "unknown"
	// Settling: at a source, still being written.
	Settling State = "settling"
	// NotReady: at a source, not usable, for the reason in Problem.
	NotReady State = "not-ready"
	// Unreadable: at a source, and its folder or one of its files could not be
	// read, for the reason in Problem.
	Unreadable State = "unreadable"
)

// Set is one backup of one VM at one time, at one place.
type Set struct {
	Key
	State State    `json:"state"`
	Path  string   `json:"path"`            // of its folder, from the root of the place
	Files []File   `json:"files,omitempty"` // the payload, sorted by path: no manifest, no block sums, no junk
	Dirs  []string `json:"dirs,omitempty"`  // sub-folders, from the set's folder, sorted: parents come first
	Junk  []string `json:"junk,omitempty"`  // system junk in it, paths from the set's folder, sorted
	// Ignored files of a set at a source, sorted.
	Ignored []string `json:"ignored,omitempty"`
	// Marked is true where the listing shows a manifest.
	Marked bool `json:"marked,omitempty"`
	// NextManifest is true where the listing shows a manifest under NextManifestName, and
	// Unnamed where it shows no other.
	NextManifest bool `json:"next_manifest,omitempty"`
	Unnamed      bool `json:"unnamed,omitempty"`
	// BlocksFile is the file with block sums that the listing shows, or nil.
	BlocksFile *File `json:"blocks_file,omitempty"`
	// Odd is true where the listing shows what is no file of a set, such as a link:
	// Problem is the reason.
	Odd bool `json:"odd,omitempty"`
	// Manifest is what was read of it; nil if it was not read.
	Manifest *Manifest `json:"manifest,omitempty"`
	// Proven is how and when the set was proven; nil where the ledger was not asked.
	Proven *Proven `json:"proven,omitempty"`
	// Found is why a set whose names and sizes fit is damaged all the same; nil for
	// any other.
	Found *known.Finding `json:"found,omitempty"`
	// Trusted is true for an unmarked set that counts, because its destination
	// has trust_unmarked and it is older than settle.
	Trusted bool `json:"trusted,omitempty"`
	// SettlesAt is when a set at a source that is still being written counts as
	// finished, if nothing is written any more; zero for others.
	SettlesAt time.Time `json:"settles_at,omitzero"`
	// Awaited: at a source, not ready only because its ready file is not there yet.
	Awaited bool `json:"awaited,omitempty"`
	// Lacks is which file of a disk a set at a source names and does not hold, and
	// LacksDisk which disk its .vmx names: that may be left out on purpose. They may
	// hold hostile names: escape them.
	Lacks     string `json:"lacks,omitempty"`
	LacksDisk string `json:"lacks_disk,omitempty"`
	// Problem is in one line why the state is what it is, where that is not
	// plain. It may hold hostile names: escape it.
	Problem string `json:"problem,omitempty"`
	// Hint is the way out of the problem, where there is one.
	Hint string `json:"hint,omitempty"`
}

// File is one file of a set.
type File struct {
	Path    string    `json:"path"`           // from the set's folder
	Size    int64     `json:"size"`           // bytes
	ModTime time.Time `json:"mtime,omitzero"` // UTC; zero: not known
	ID      string    `json:"id,omitempty"`   // identity on a local disk; "" elsewhere
	Changed string    `json:"-"`              // as in providers.File, of what was just listed
}

// Bytes is the size of the payload.
func (s Set) Bytes() int64 { return TotalBytes(s.Files) }

// TotalBytes adds up sizes.
func TotalBytes(files []File) int64 {
	var n int64
	for _, f := range files {
		n += f.Size
	}
	return n
}

// Counted reports whether retention may count the set at a destination.
func (s Set) Counted() bool { return s.State == Complete || s.State == Unmarked && s.Trusted }

// Sound is the set as it is judged without what a reading has found of it.
func (s Set) Sound() Set {
	if s.Found != nil {
		s.State, s.Problem, s.Found = Complete, "", nil
	}
	return s
}

// Newest is the latest time of any file, zero where no time is known.
func (s Set) Newest() time.Time {
	var newest time.Time
	for _, f := range s.Files {
		if f.ModTime.After(newest) {
			newest = f.ModTime
		}
	}
	return newest
}

// SameContent reports whether names and sizes are equal. Times are not compared:
// servers keep them, change them or lose them.
func SameContent(a, b []File) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Path != b[i].Path || a[i].Size != b[i].Size {
			return false
		}
	}
	return true
}

// Digest is the SHA-256, in hex, over sorted paths and sizes: the identity of
// a set for stale checks. Times, junk and the manifest have no part in it.
func Digest(files []File) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%q %d\n", f.Path, f.Size)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// With is the set with all files that its folder holds: the manifest and the block sums
// are noted, the others are its payload.
func (s Set) With(all []File) Set {
	s.Files = nil
	named := false
	for _, f := range all {
		switch f.Path {
		case ManifestName:
			named = true
		case NextManifestName:
			s.NextManifest = true
		case BlocksName:
			s.BlocksFile = &f
		default:
			s.Files = append(s.Files, f)
		}
	}
	s.Marked, s.Unnamed = s.Marked || named || s.NextManifest, s.NextManifest && !named
	return s
}

// ManifestPath is the path of its manifest from the root of the place.
func (s Set) ManifestPath() string {
	if s.Unnamed {
		return path.Join(s.Path, NextManifestName)
	}
	return path.Join(s.Path, ManifestName)
}
