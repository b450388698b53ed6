package listing

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// Document is what list prints, as a document.
type Document struct {
	Format string    `json:"format"`
	Now    time.Time `json:"now"`
	// Zone is the time zone of sources without a timezone attribute; nil in lists of
	// older versions.
	Zone   *Zone   `json:"zone,omitempty"`
	Places []Place `json:"places"`
}

// Place is one place, and what was read there.
type Place struct {
	Name    string   `json:"name"`
	Role    string   `json:"role"`
	Owner   string   `json:"owner,omitempty"`
	Error   string   `json:"error,omitempty"`
	Sets    []Set    `json:"sets"`
	Foreign []string `json:"foreign,omitempty"`
	// Inventory is everything that was read, for plan -inventory; only with -all, and
	// if no VMs were selected.
	Inventory *state.Inventory `json:"inventory,omitempty"`
}

// Set is one set, or what was found in its place.
type Set struct {
	Address string `json:"address"`
	VM      string `json:"vm"`
	Time    string `json:"time"`
	State   string `json:"state"`
	Files   int    `json:"files"`
	Bytes   int64  `json:"bytes"`
	Problem string `json:"problem,omitempty"`
	// Verified is how the set was verified, by its manifest: "size", "hash",
	// "readback", "adopted"; "" without a manifest.
	Verified string `json:"verified,omitempty"`
	// Proven is how and when the set was last proven; null at a source, and where its
	// manifest was not read.
	Proven *state.Proven `json:"proven,omitempty"`
	Names  []File        `json:"names,omitempty"`
}

// File is a file of a set.
type File struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// Options are what is listed.
type Options struct {
	Files bool              // of each set
	All   bool              // staging, trash and foreign names too
	VMs   func(string) bool // which; nil: all
	Zone  Zone              // of this machine, for All
}

// New lists all places of a configuration.
func New(in diff.Input, o Options) Document {
	doc := Document{Format: Format, Now: in.Now.UTC(), Places: []Place{}}
	if o.All {
		doc.Zone = &o.Zone
	}
	for _, s := range in.Spec.Sources {
		doc.Places = append(doc.Places, newPlace(in.Inventories[s.Name], "source", o))
	}
	for _, d := range in.Spec.Destinations {
		doc.Places = append(doc.Places, newPlace(in.Inventories[d.Name], "destination", o))
	}
	doc.setState(state.Complete, state.Suspicious, diff.Suspicious(in))
	doc.setState(state.Unmarked, state.Damaged, diff.Stripped(in))
	return doc
}

// Empty reports whether there is no set in it.
func (l Document) Empty() bool {
	return !slices.ContainsFunc(l.Places, func(p Place) bool { return len(p.Sets) > 0 })
}

func newPlace(inv state.Inventory, role string, o Options) Place {
	place := Place{Name: inv.Place, Role: role, Owner: inv.Owner, Sets: []Set{}}
	if inv.Err != nil {
		place.Error = inv.Err.Error()
		return place
	}
	for _, s := range inv.Sets {
		place.add(s, o.Files)
	}
	for _, s := range inv.Vanished(inv.Known) {
		k := state.KeyOf(s.Key)
		place.Sets = append(place.Sets, Set{
			Address: state.Address(inv.Place, k), VM: k.VM, Time: string(k.Stamp), State: string(state.Vanished), Files: s.Files, Bytes: s.Bytes,
			Problem: "last seen " + inv.Known.LastSeen(s).UTC().Format(time.DateOnly) + ", not deleted by vmxsync",
		})
	}
	slices.SortStableFunc(place.Sets, func(a, b Set) int { return cmp.Or(cmp.Compare(a.VM, b.VM), cmp.Compare(a.Time, b.Time)) })
	for _, vm := range slices.Sorted(maps.Keys(inv.UnknownVMs)) {
		place.Sets = append(place.Sets, Set{VM: vm, State: string(state.Unknown), Problem: inv.UnknownVMs[vm]})
	}
	for _, vm := range slices.Sorted(maps.Keys(inv.NotWhole)) {
		place.Sets = append(place.Sets, Set{VM: vm, State: string(state.Unknown), Problem: inv.NotWhole[vm]})
	}
	if o.All {
		place.addOthers(inv, o.Files)
	}
	if o.All && o.VMs == nil {
		place.Inventory = &inv
	}
	if o.VMs != nil {
		place.Sets = slices.DeleteFunc(place.Sets, func(s Set) bool { return !o.VMs(s.VM) })
	}
	return place
}

// setState gives the sets for which why has a reason, by address, another state.
func (l *Document) setState(from, to state.State, why map[string]string) {
	for _, place := range l.Places {
		for i, s := range place.Sets {
			if reason := why[s.Address]; reason != "" && s.State == string(from) {
				place.Sets[i].State, place.Sets[i].Problem = string(to), reason
			}
		}
	}
}

// shownState is the state in the table, where a set without checksums is adopted.
func (s Set) shownState() string {
	if s.State == string(state.Complete) && s.Verified == "adopted" {
		return "adopted"
	}
	return s.State
}

// addOthers adds staged sets, trash and foreign names.
func (l *Place) addOthers(inv state.Inventory, files bool) {
	for _, s := range inv.Staged {
		s.Set.State = state.Incomplete
		l.add(s.Set, files)
	}
	for _, t := range inv.Trash {
		l.Sets = append(l.Sets, Set{
			Address: state.Address(l.Name, t.Key), VM: t.VM, Time: string(t.Stamp), State: "trash", Files: len(t.Files), Bytes: t.Bytes(),
		})
	}
	l.Foreign = slices.Concat(inv.Foreign, inv.Links, inv.Unusable, inv.Unsupported)
}

func (l *Place) add(s state.Set, files bool) {
	row := Set{
		Address: state.Address(l.Name, s.Key), VM: s.VM, Time: string(s.Stamp), State: shownAs(l.Role, s.State),
		Files: len(s.Files), Bytes: s.Bytes(), Problem: s.Problem, Proven: s.Proven,
	}
	if s.Manifest != nil {
		row.Verified = s.Manifest.Verified
	}
	for _, f := range s.Files {
		if files {
			row.Names = append(row.Names, File{f.Path, f.Size})
		}
	}
	l.Sets = append(l.Sets, row)
}

// shownAs calls a complete set at a source ready: it has no manifest.
func shownAs(role string, s state.State) string {
	if role == "source" && s == state.Complete {
		return "ready"
	}
	return string(s)
}
