package observe

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// The rules under which nothing of a group is rotated.
const (
	Orphan     = "orphan"     // no source holds the VM, and only a glob matches it
	Unassigned = "unassigned" // no backup sends it there
)

// Group is one VM at one destination: who decides about it, and what there is of it.
type Group struct {
	World       *World
	Destination config.Destination
	VM          string

	Source    config.Source
	Policy    config.Policy
	Order     config.Order
	Fresh     config.Span    // how young its newest set must be; zero: as old as it likes
	Verified  config.Span    // how young the proof of each set must be; zero: none is missed
	MaxBehind config.Span    // how old a set may be that waits for its upload
	Rule      string         // Orphan or Unassigned; "" where the policy decides
	Verify    *config.Verify // how its sets are proven; nil: they are not
	VerifyBy  string         // the backup that says so; "" where the destination does
	Ended     bool           // the VM is gone for good, as retired or exclude of its backup say

	Candidates []Candidate // newest first
	Trash      []state.Trashed
	Vanished   []known.Set // recorded, absent, and deleted by no apply; their loss is not accepted; oldest first

	Held        error // why nothing of the group may be deleted; nil if it may
	Unknown     error // why it is not known what the destination holds at final names; nil if it is
	Partial     bool  // what is missing there may be there all the same
	Overwritten bool  // many of the local sets were rewritten since their upload
	Room        Room

	Accepted []known.Acceptance // of what is wrong with its sets, by this plan
	Verdicts []known.Verdict    // on its sets
	Notes    []notice.Note

	owners   []string           // the configurations whose sets count here
	replaced map[state.Key]bool // sets of which trash holds what they replaced
}

// There is what the destination holds.
func (g *Group) There() state.Inventory { return g.World.Inventories[g.Destination.Name] }

// Work is our folder at the destination.
func (g *Group) Work() state.WorkDir { return state.WorkDir(g.Destination.WorkDir) }

// InPlace reports whether the destination cannot rename folders.
func (g *Group) InPlace() bool { return g.Destination.Publish == config.InPlace }

// Address is that of a set of the group.
func (g *Group) Address(k state.Key) string { return state.Address(g.Destination.Name, k) }

// Scope is the address of the group.
func (g *Group) Scope() string { return state.Scope(g.Destination.Name, g.VM) }

// Find returns the index of the candidate of that key.
func (g *Group) Find(k state.Key) (int, bool) {
	return slices.BinarySearchFunc(g.Candidates, k, func(c Candidate, k state.Key) int { return k.Compare(c.Key) })
}

// ReplacedInTrash reports whether trash holds the set that the one of that key replaced.
func (g *Group) ReplacedInTrash(k state.Key) bool { return g.replaced[k] }

// AtSource reports whether the source holds sets of the VM, in whatever state.
func (g *Group) AtSource() bool { return g.World.Holds(g.Source.Name, g.VM) }

// SourceSilent reports whether nobody knows what the source holds of the VM.
func (g *Group) SourceSilent() bool {
	return g.World.Empty(g.Source.Name) || CheckKnown(g.World.Inventories[g.Source.Name], g.VM) != nil
}

// GoneSince is when the VM was last seen at its source, as the record knows; false
// where it is there, was never there, is retired or excluded, or where nobody knows.
func (g *Group) GoneSince() (time.Time, bool) {
	if g.Rule == Unassigned || g.Ended || g.AtSource() || g.SourceSilent() {
		return time.Time{}, false
	}
	_, seen, was := g.There().Known.SourcedOf(g.VM)
	return seen, was
}

// HasUnknown reports whether the state of a set of the group is not known.
func (g *Group) HasUnknown() bool {
	return g.Partial || slices.ContainsFunc(g.Candidates, func(c Candidate) bool { return c.State == state.Unknown })
}

// SettledBefore is the time before which what was written counts as settled. Where times
// are vague, what may be younger than settle counts as such.
func (g *Group) SettledBefore() time.Time {
	return g.World.Now.Add(-g.Source.Settle - g.There().TimeStep)
}

// Note is a note about a set of the group, or about its VM where the set has no key.
func (g *Group) Note(kind *notice.Kind, s state.Set, why string) notice.Note {
	n := notice.Note{Kind: kind, Place: g.Destination.Name, VM: g.VM, Bytes: s.Bytes(), Why: why}
	if s.Stamp != "" {
		n.Item = s.Key.String()
		if g.InPlace() {
			n.Again = g.SendAgain(s.Key)
		}
	}
	return n
}

// NoteOf is a note about something of the VM that is called item.
func (g *Group) NoteOf(kind *notice.Kind, item, why string) notice.Note {
	return notice.Note{Kind: kind, Place: g.Destination.Name, VM: g.VM, Item: item, Why: why}
}

// SendAgain is the command that lets the local set take the place of what stands there.
// Where nothing can be moved aside, that is deleted, and the next plan sends the set.
func (g *Group) SendAgain(k state.Key) string {
	address := flags.Quoted(g.Address(k))
	if g.InPlace() {
		return "vmxsync plan -destroy -target=" + address + " -out=plan.out" + notice.AndAgain
	}
	return "vmxsync plan -replace=" + address + " -out=plan.out"
}

// Room is what was made for uploads of a VM, where deletes come before them.
type Room struct {
	// Since is when room was made that no upload has taken yet; zero if that is not so.
	Since time.Time
	// Came and went are what has come and gone since the record was written, in bytes, where
	// something has come: applies that were cut one after the other wrote none, and what
	// arrived with one of them pays for the deletes of no more than that.
	came, went int64
	owed       bool // room was made before that, and what came has taken it
}

// Made reports whether room was made for the VM that no upload has taken.
func (r Room) Made() bool { return !r.Since.IsZero() }

// Left is how much of what went no upload has taken, of uploads that need so much.
func (r Room) Left(need int64) int64 {
	took := r.came
	if r.owed {
		took = max(took-need, 0)
	}
	return max(r.went-took, 0)
}
