package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
)

var firstSums = []string{strings.Repeat("a", 64), strings.Repeat("b", 64)}

// firstRead gives the sets of these nights at nas manifests without checksums, and readings that
// found some.
func (w *world) firstRead(days ...int) *world {
	return w.change("nas", func(inv *state.Inventory) {
		inv.FirstReadings = map[state.Key]state.Proof{}
		for i, s := range inv.Sets {
			if !slices.ContainsFunc(days, func(day int) bool { return key(day) == s.Key }) {
				continue
			}
			s = withManifest(s, propertyRun)
			s.Manifest.NoSums, s.Manifest.Verified = true, state.Adopted
			p := state.Proof{Key: s.Key}
			for j := range s.Manifest.Files {
				f := &s.Manifest.Files[j]
				f.SHA256 = ""
				p = p.With(state.FileProof{Path: f.Path, Size: f.Size, SHA256: firstSums[j], At: noon.AddDate(0, 0, -1), Level: state.ReadProof})
			}
			p.Manifest = s.Manifest.Identity()
			inv.Sets[i], inv.FirstReadings[s.Key] = s, p
		}
	})
}

// changesOf are the addresses of the changes of a mode.
func changesOf(p *diff.Plan, m diff.Mode) (all []string) {
	for _, c := range p.Changes {
		if c.Mode == m {
			all = append(all, c.Address)
		}
	}
	return all
}

func TestCompute_checksumsOfAFirstReadingArePlanned(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...).firstRead(20)
	p := w.compute(t)
	if len(p.Changes) != 1 || p.Summary.Change != 1 || p.Summary.Unchanged != 2 || p.Summary.Destroy != 0 || p.Summary.UploadBytes != 0 {
		t.Fatalf("got %v, %+v", say(p), p.Summary)
	}
	c := p.Changes[0]
	inv := w.input().Inventories["nas"]
	s, _ := inv.Find(key(20))
	if c.Action != diff.Update || c.Mode != diff.AddSums || c.Manifest != s.Manifest.Identity() || !slices.Equal(c.Sums, firstSums[:len(s.Files)]) {
		t.Errorf("got %+v", c)
	}
	if got := c.Reasons[0].Text; got != "checksums of the reading of 2026-11-21 go into its manifest" {
		t.Errorf("the reason is %q", got)
	}
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Error(err)
	}
}

// What goes away, belongs to another, was not asked for, or was read under another manifest
// gets no checksums.
func TestCompute_checksumsAreNotPlannedFor(t *testing.T) {
	whole := func() *world {
		return newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 17, 20, 21)...)
	}
	set := func(w *world, day int, change func(inv *state.Inventory, s *state.Set)) *world {
		return w.change("nas", func(inv *state.Inventory) {
			for i := range inv.Sets {
				if inv.Sets[i].Key == key(day) {
					change(inv, &inv.Sets[i])
				}
			}
		})
	}
	for name, w := range map[string]*world{
		"a set that is deleted": whole().firstRead(17),
		"a set of another configuration": set(whole().firstRead(20), 20, func(inv *state.Inventory, s *state.Set) {
			s.Manifest.Owner = "another"
		}),
		"a set that was adopted again": set(whole().firstRead(20), 20, func(inv *state.Inventory, s *state.Set) {
			s.Manifest.Run = "another"
		}),
		"a file that was not read": set(whole().firstRead(20), 20, func(inv *state.Inventory, s *state.Set) {
			p := inv.FirstReadings[s.Key]
			p.Files = p.Files[1:]
			inv.FirstReadings[s.Key] = p
		}),
		"a file that the server was asked about": set(whole().firstRead(20), 20, func(inv *state.Inventory, s *state.Set) {
			inv.FirstReadings[s.Key].Files[0].Level = state.ServerProof
		}),
		"a checksum that is none": set(whole().firstRead(20), 20, func(inv *state.Inventory, s *state.Set) {
			inv.FirstReadings[s.Key].Files[0].SHA256 = "x"
		}),
		"a set that has checksums": set(whole().firstRead(20), 20, func(inv *state.Inventory, s *state.Set) {
			s.Manifest = s.Manifest.WithSums(firstSums[:len(s.Files)])
		}),
	} {
		if name == "a set that is deleted" {
			w.standard().KeepLast = 2
		}
		if got := changesOf(w.compute(t), diff.AddSums); len(got) > 0 {
			t.Errorf("%s: planned %q", name, got)
		}
	}
	w := whole().firstRead(20)
	w.options.Exclude = []string{"nas/Bart/2026-11-20-010000"}
	if got := changesOf(w.compute(t), diff.AddSums); len(got) > 0 {
		t.Errorf("excluded: planned %q", got)
	}
}

// A set whose next manifest is the only one gets it under its name.
func TestCompute_nextManifestGetsItsName(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 20, 21)...).firstRead(20)
	w.change("nas", func(inv *state.Inventory) {
		s := &inv.Sets[0]
		s.Manifest = s.Manifest.WithSums(firstSums[:len(s.Files)])
		s.Marked, s.NextManifest, s.Unnamed = true, true, true
	})
	p := w.compute(t)
	if got := changesOf(p, diff.AddSums); !slices.Equal(got, []string{"nas/Bart/2026-11-20-010000"}) {
		t.Errorf("planned %q", got)
	}
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Error(err)
	}
}

func TestOpen_refusesEditedChecksums(t *testing.T) {
	for name, edit := range map[string]func(c *diff.Change){
		"none":                       func(c *diff.Change) { c.Sums = nil },
		"one too many":               func(c *diff.Change) { c.Sums = append(c.Sums, c.Sums[0]) },
		"one that is none":           func(c *diff.Change) { c.Sums[0] = strings.Repeat("z", 64) },
		"no manifest":                func(c *diff.Change) { c.Manifest = "" },
		"a manifest that is none":    func(c *diff.Change) { c.Manifest = "x" },
		"of an upload":               func(c *diff.Change) { c.Action, c.Mode = diff.Create, diff.Upload },
		"of an adopt":                func(c *diff.Change) { c.Mode = diff.Adopt },
		"as a create":                func(c *diff.Change) { c.Action = diff.Create },
		"with files before":          func(c *diff.Change) { c.Before = c.Files },
		"of a set that is not there": func(c *diff.Change) { c.Address, c.Path = "nas/Bart/2026-11-11-010000", "Bart/2026-11-11-010000" },
		"in another folder":          func(c *diff.Change) { c.Path = "Lisa/2026-11-20-010000" },
		"from a source":              func(c *diff.Change) { c.Source, c.From = "vmx", c.Path },
	} {
		p := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 20, 21)...).firstRead(20).compute(t)
		edit(&p.Changes[0])
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}
