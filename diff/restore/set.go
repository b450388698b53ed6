package restore

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// copied is a set at one place.
type copied struct {
	Origin
	set  state.Set
	rank rank
}

// rank orders the places of a set: the lower is asked first.
type rank struct{ damaged, trashed, unnamed, remote, unproven bool }

func (r rank) compare(o rank) int {
	return cmp.Or(less(r.damaged, o.damaged), less(r.trashed, o.trashed), less(r.unnamed, o.unnamed), less(r.remote, o.remote), less(r.unproven, o.unproven))
}

func less(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// set plans one set, with all places that hold it.
func (in Input) set(k state.Key) (Set, []string, error) {
	copies, why := in.copies(k)
	if len(copies) == 0 {
		return Set{}, nil, &notHeld{address: in.addressOf(k), why: strings.Join(why, "; ")}
	}
	first := copies[0].set.Manifest
	s := Set{Key: k, Folder: k.String(), NoSums: first.NoSums}
	for _, c := range copies {
		s.Origins = append(s.Origins, c.Origin)
	}
	for _, f := range first.Files {
		switch {
		case len(in.Include) > 0 && !config.Ignored(in.Include, f.Path), !in.names(k, f.Path):
			s.Part = true
		case slices.ContainsFunc(copies, func(c copied) bool { return c.holds(f) }):
			s.Files = append(s.Files, File{f.Path, f.Size, f.SHA256, f.MTime})
		default:
			s.Missing = append(s.Missing, f.Path)
		}
	}
	if err := in.check(s); err != nil {
		return s, nil, err
	}
	return s, s.notes(), nil
}

// notHeld is the error of a set that no place holds so that it could be restored.
type notHeld struct{ address, why string }

func (e *notHeld) Error() string { return fmt.Sprintf("%s cannot be restored: %s", e.address, e.why) }

// addressOf is the set at the first place that has anything of it.
func (in Input) addressOf(k state.Key) string {
	for _, h := range in.Holdings {
		if slices.ContainsFunc(slices.Concat(h.Sets, h.Trash), func(s state.Set) bool { return s.Key == k }) {
			return state.Address(h.Name, k)
		}
	}
	return k.String()
}

func (in Input) check(s Set) error {
	switch {
	case s.NoSums && in.RequireSums:
		return fmt.Errorf("%s was adopted and has no checksums, and -require-sums was given", s.Address())
	case len(s.Files) == 0 && len(s.Missing) == 0:
		return fmt.Errorf("%s has no file that matches %s", s.Address(), strings.Join(in.asked(s.Key), " or "))
	}
	return CheckNames(s, in.Limits)
}

// names reports whether the addresses that name a set mean that file of it.
func (in Input) names(k state.Key, file string) bool {
	for _, a := range in.Addresses {
		if fits(a.VM, k.VM) && (a.File == "" || a.File == file) {
			return true
		}
	}
	return false
}

// asked is what of the files of a set was asked for.
func (in Input) asked(k state.Key) []string {
	asked := slices.Clone(in.Include)
	for _, a := range in.Addresses {
		if a.File != "" && fits(a.VM, k.VM) {
			asked = append(asked, a.File)
		}
	}
	return asked
}

func (s Set) notes() (notes []string) {
	o := s.Origins[0]
	if o.Trashed {
		notes = append(notes, fmt.Sprintf("%s is in trash at %s.", s.Key, o.Place))
	}
	if s.NoSums {
		notes = append(notes, fmt.Sprintf("%s was adopted and has no checksums: only sizes can be compared.", s.Address()))
	}
	if len(s.Missing) > 0 {
		notes = append(notes, fmt.Sprintf("%s is damaged: no place holds %s as its manifest names it. The other files are restored.", s.Address(), strings.Join(s.Missing, ", ")))
	}
	return notes
}

// copies are the places that hold a set, in the order in which they are asked; why are the
// reasons for the others.
func (in Input) copies(k state.Key) (copies []copied, why []string) {
	for _, h := range in.Holdings {
		for _, s := range h.Sets {
			if s.Key == k {
				copies, why = in.add(copies, why, h, s, false)
			}
		}
		for _, s := range h.Trash {
			if s.Key == k {
				copies, why = in.add(copies, why, h, s, true)
			}
		}
	}
	slices.SortStableFunc(copies, func(a, b copied) int { return a.rank.compare(b.rank) })
	return copies, why
}

func (in Input) add(copies []copied, why []string, h Holding, s state.Set, trashed bool) ([]copied, []string) {
	if !readable(s) {
		return copies, append(why, fmt.Sprintf("at %s it is %s", h.Name, stateOf(s)))
	}
	c := copied{set: s, Origin: Origin{Place: h.Name, Path: s.Path, Manifest: s.Manifest.Identity(), Blocks: s.Manifest.Blocks, Trashed: trashed}}
	c.Proven, c.Level = h.proven(s)
	named := slices.ContainsFunc(in.Addresses, func(a Address) bool { return a.Names(h.Name, s.Key) })
	c.rank = rank{damaged: s.State != state.Complete, trashed: trashed, unnamed: !named, remote: !h.Local, unproven: c.Proven.IsZero()}
	return append(copies, c), why
}

// stateOf is the state of a set that cannot be restored, with its reason.
func stateOf(s state.Set) string {
	if s.Problem != "" {
		return fmt.Sprintf("%s (%s)", s.State, s.Problem)
	}
	return string(s.State)
}

// holds reports whether a copy has a file with the size and sum of a manifest.
func (c copied) holds(f state.ManifestFile) bool {
	i, listed := slices.BinarySearchFunc(c.set.Files, f.Path, func(x state.File, p string) int { return strings.Compare(x.Path, p) })
	j, named := slices.BinarySearchFunc(c.set.Manifest.Files, f.Path, func(m state.ManifestFile, p string) int { return strings.Compare(m.Path, p) })
	return listed && named && c.set.Files[i].Size == f.Size && c.set.Manifest.Files[j].Size == f.Size && c.set.Manifest.Files[j].SHA256 == f.SHA256
}

// proven is when the last file of a set was proven, and the weakest way; zero where a file
// was not.
func (h Holding) proven(s state.Set) (at time.Time, level string) {
	_, at, level = h.Proofs[s.Key].OfSet(s.Manifest)
	return at, level
}

// Hidden is where the files of a set are collected before it has its name: beside its
// folder, on the same file system.
func (s Set) Hidden() string {
	return path.Join(path.Dir(s.Folder), "."+path.Base(s.Folder)+".vmxsync-restore")
}
