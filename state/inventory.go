package state

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// Inventory is all that one place holds, as one reading found it.
type Inventory struct {
	Place string `json:"place,omitempty"`
	// Sets at their final names, sorted by key: complete, unmarked, damaged or
	// unknown at a destination, incomplete where a delete was begun in place;
	// complete, settling, not-ready or unreadable at a source.
	Sets []Set `json:"sets,omitempty"`
	// Staged sets, in our work folder or under a claim there, sorted by key.
	Staged []Staged `json:"staged,omitempty"`
	// FirstReadings are the proofs of sets whose manifests have no checksums, or had none
	// before an apply was cut, and of which every byte was read.
	FirstReadings map[Key]Proof `json:"-"`
	// Trash, in our work folder, sorted by path.
	Trash []Trashed `json:"trash,omitempty"`
	// Asides of a source, sorted by path.
	Asides []AsideSet `json:"asides,omitempty"`
	// Owner is the name in our work folder; "" where no owner is recorded.
	Owner string `json:"owner,omitempty"`
	// Known is the record of what was complete here; nil where no record is found.
	Known *known.Record `json:"known,omitempty"`
	// Server is what identifies the server; zero where that is not known.
	Server known.Server `json:"server,omitzero"`
	// ServerPinned: the configuration names the certificate of the server.
	ServerPinned bool `json:"server_pinned,omitempty"`
	// Proofs are what was proven of sets here; nil where nobody asked.
	Proofs map[Key]Proof `json:"-"`
	// ProofsProblem is why they could not be read, all of them; "" if they were.
	ProofsProblem string `json:"-"`
	// KnownProblem is why a record that is there could not be read; "" if it was read.
	KnownProblem string `json:"known_problem,omitempty"`
	// KnownPending: the record has not got its name yet.
	KnownPending bool `json:"known_pending,omitempty"`
	// Going are the sets that an apply was about to delete when it died, sorted.
	Going []known.Key `json:"going,omitempty"`
	// OwnerPending: the owner has not got the file of that name yet.
	OwnerPending bool `json:"owner_pending,omitempty"`
	// Former are the configurations that owned the root before, and whose sets
	// count here.
	Former []string `json:"former,omitempty"`
	// Neighbours are other work folders at the root.
	Neighbours []Neighbour `json:"neighbours,omitempty"`
	// VMs whose sets are not known because a listing below them failed, with
	// the reason. No delete may be planned in their groups.
	UnknownVMs map[string]string `json:"unknown_vms,omitempty"`
	// NotWhole are the VMs, or AnyVM, of whose folders a line of the listing was not
	// understood, with the reason: what is listed is there, what is missing is not
	// known. No delete may be planned in their groups.
	NotWhole map[string]string `json:"not_whole,omitempty"`
	// Foreign paths: names that the layout does not produce, sorted.
	Foreign []string `json:"foreign,omitempty"`
	// Links where folders could be, sorted: never entered, whatever is there.
	Links []string `json:"links,omitempty"`
	// Unusable paths: they would be sets or VMs, but for a name that is not
	// safe to use, sorted.
	Unusable []string `json:"unusable,omitempty"`
	// Unsupported paths: a file where a set's folder should be, sorted.
	Unsupported []string `json:"unsupported,omitempty"`
	// TimeStep is how far from the truth the times of files may be: a day where
	// a server lists them without a zone.
	TimeStep time.Duration `json:"time_step,omitempty"`
	// LinksHidden: what looks like a folder may be a link; see providers.Traits.
	LinksHidden bool `json:"links_hidden,omitempty"`
	// Limits are those of names.
	Limits providers.Limits `json:"limits,omitzero"`
	// Err is not nil where the place as a whole could not be read; nothing
	// else is then filled in.
	Err error `json:"-"`
}

// AwaitsSums reports whether checksums may be about to go into the manifest of a set.
func (inv Inventory) AwaitsSums(s Set) bool {
	_, read := inv.FirstReadings[s.Key]
	return read || s.Unnamed
}

// AnyVM stands in Inventory.UnknownVMs for every VM of the place.
const AnyVM = "*"

// Staged is one set in staging.
type Staged struct {
	Key
	Path  string   `json:"path"`            // of its folder, from the root of the place
	Files []File   `json:"files,omitempty"` // all files in it, paths from its folder, the claim too
	Dirs  []string `json:"dirs,omitempty"`
	Claim *Claim   `json:"claim,omitempty"` // nil: none, or not readable
	// Set is the staged payload; Marked and Manifest as found. That of an
	// upload in place lies at the final name, which is its Path.
	Set Set `json:"set"`
}

// AtFinal reports whether the payload lies at the final name.
func (s Staged) AtFinal() bool { return s.Set.Path != path.Join(s.Path, StagedSet) }

// Bytes is the size of all that is in the folder.
func (s Staged) Bytes() int64 { return TotalBytes(s.Files) }

// Ours reports whether a file in the folder is certainly what an upload put there,
// also at a place where a sub-folder may be a link to another's files: it lies
// in no sub-folder of the set, or the claim names it.
func (s Staged) Ours(f File) bool {
	p, inSet := strings.CutPrefix(f.Path, StagedSet+"/")
	if !strings.Contains(p, "/") {
		return true
	}
	return inSet && s.Claim != nil && s.Claim.Names(File{Path: p, Size: f.Size})
}

// Trashed is one set in trash.
type Trashed struct {
	Key
	Path     string   `json:"path"` // of its folder, from the root of the place
	Run      string   `json:"run,omitempty"`
	Replaced bool     `json:"replaced,omitempty"` // ~rep: moved aside by a replace; else ~del
	Files    []File   `json:"files,omitempty"`
	Dirs     []string `json:"dirs,omitempty"`
	Marked   bool     `json:"marked,omitempty"`
	// Stuck is what a purge has left because nobody may remove it, such as a link,
	// where nothing else is there any more. It may hold hostile names.
	Stuck []string `json:"stuck,omitempty"`
}

// Bytes is the size of all that is in the folder.
func (t Trashed) Bytes() int64 { return TotalBytes(t.Files) }

// Of returns the sets of one VM, oldest first.
func (inv Inventory) Of(vm string) []Set {
	lo, _ := slices.BinarySearchFunc(inv.Sets, vm, func(s Set, vm string) int {
		if s.VM < vm {
			return -1
		}
		return 1
	})
	hi := lo
	for hi < len(inv.Sets) && inv.Sets[hi].VM == vm {
		hi++
	}
	return inv.Sets[lo:hi]
}

// Find returns the set of that key.
func (inv Inventory) Find(k Key) (Set, bool) {
	i, ok := slices.BinarySearchFunc(inv.Sets, k, func(s Set, k Key) int { return s.Compare(k) })
	if !ok {
		return Set{}, false
	}
	return inv.Sets[i], true
}

// VMs lists the VMs that have sets or are unknown, sorted.
func (inv Inventory) VMs() []string {
	var vms []string
	for _, s := range inv.Sets {
		vms = append(vms, s.VM)
	}
	for vm := range inv.UnknownVMs {
		vms = append(vms, vm)
	}
	slices.Sort(vms)
	return slices.Compact(vms)
}

// Put replaces the set of the same key; one that is not there is not added.
func (inv Inventory) Put(s Set) {
	i, ok := slices.BinarySearchFunc(inv.Sets, s.Key, func(x Set, k Key) int { return x.Compare(k) })
	if ok {
		inv.Sets[i] = s
	}
}
