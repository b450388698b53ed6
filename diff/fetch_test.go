package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// rottenAtNas is a world in which nas holds a damaged set, no source holds it, and usb holds it
// with a manifest.
func rottenAtNas() *world {
	w := newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 21)...)
	d := *w.nas()
	d.Name, d.Settings = "usb", where{"usb"}
	w.spec.Destinations = append(w.spec.Destinations, d)
	w.spec.Backups[0].Copies = append(w.spec.Backups[0].Copies, config.Copy{Destination: "usb", Policy: "standard"})
	usb := sets(state.Complete, 20, 21)
	for i, s := range usb {
		usb[i] = withManifest(s, propertyRun)
		for j := 0; s.Key == key(20) && j < len(s.Files); j++ {
			usb[i].Manifest.Files[j].MTime = noon.AddDate(0, 0, -9)
		}
	}
	w.inv["usb"] = state.Inventory{Place: "usb", Owner: "site", Sets: usb}
	return w
}

const rotten = "nas/Bart/2026-11-20-010000"

func TestCompute_damagedCopyIsReplacedFromAnotherDestination(t *testing.T) {
	w := rottenAtNas()
	w.change("usb", func(inv *state.Inventory) {
		s, _ := inv.Find(key(20))
		p := state.Proof{Key: s.Key, Manifest: s.Manifest.Identity()}
		for _, f := range s.Manifest.Files {
			p = p.With(state.FileProof{Path: f.Path, Size: f.Size, SHA256: f.SHA256, At: noon.AddDate(0, 0, -3), Level: state.ReadProof})
		}
		inv.Proofs = map[state.Key]state.Proof{s.Key: p}
	})
	p := w.compute(t)
	if len(p.Changes) != 1 || p.Changes[0].Address != rotten {
		t.Fatalf("got %v", say(p))
	}
	c := p.Changes[0]
	usb, _ := w.inv["usb"].Find(key(20))
	if c.Mode != diff.Replace || c.Source != "usb" || c.From != usb.Path || c.Manifest != usb.Manifest.Identity() || !slices.Equal(c.Sums, usb.Manifest.Sums()) || !c.Fetches() {
		t.Errorf("got %+v", c)
	}
	if got := c.Reasons[len(c.Reasons)-1].Text; got != "damaged (disk.vmdk did not match its checksum when it was read back on 2026-11-21): sent again from usb, proven 2026-11-19" {
		t.Errorf("the reason is %q", got)
	}
	for _, f := range c.Files {
		if !f.ModTime.Equal(noon.AddDate(0, 0, -9)) {
			t.Errorf("%s is dated %s, not as at its source", f.Path, f.ModTime)
		}
	}
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Error(err)
	}
}

// The manifest of the other copy is read before it is believed.
func TestCompute_manifestOfTheOtherCopyIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		read func(s *state.Set)
		want int
	}{
		"it has the same sums":   {func(*state.Set) {}, 1},
		"it has others":          {func(s *state.Set) { s.Manifest.Files[0].SHA256 = strings.Repeat("b", 64) }, 0},
		"it has none":            {func(s *state.Set) { s.Manifest.NoSums = true }, 0},
		"it does not fit":        {func(s *state.Set) { s.State, s.Problem = state.Damaged, "a file is missing" }, 0},
		"it cannot be read":      {func(s *state.Set) { s.State, s.Manifest, s.Problem = state.Unknown, nil, "550" }, 0},
		"it was found damaged":   {func(s *state.Set) { s.State, s.Found = state.Damaged, &known.Finding{} }, 0},
		"it belongs to somebody": {func(s *state.Set) { s.Manifest.Owner = "another" }, 0},
	} {
		w := rottenAtNas()
		in := w.input()
		inv := in.Inventories["usb"]
		whole, _ := inv.Find(key(20))
		unread := whole
		unread.Manifest = nil
		inv.Put(unread)
		in.Inventories["usb"] = inv
		in.Prove = func(place string, all []state.Set) ([]state.Set, error) {
			for i, s := range all {
				if place == "usb" && s.Key == key(20) {
					m := *whole.Manifest
					m.Files = slices.Clone(m.Files)
					all[i].Manifest = &m
					c.read(&all[i])
				}
			}
			return all, nil
		}
		p, err := diff.Compute(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := changesOf(p, diff.Replace); len(got) != c.want {
			t.Errorf("%s: planned %q", name, got)
		}
	}
}

func TestCompute_nothingIsFetched(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"the source holds it":    func(w *world) { w.holds("vmx", sets(state.Complete, 20, 21)...) },
		"the source has it half": func(w *world) { w.holds("vmx", append(sets(state.NotReady, 20), sets(state.Complete, 21)...)...) },
		"the source could not be read": func(w *world) {
			w.change("vmx", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Bart": "no"} })
		},
		"nas publishes in place":        func(w *world) { w.nas().Publish = config.InPlace },
		"the other copy is damaged too": func(w *world) { w.change("usb", func(inv *state.Inventory) { inv.Sets[0].State = state.Damaged }) },
		"it has other sizes":            func(w *world) { w.change("usb", func(inv *state.Inventory) { inv.Sets[0].Files[0].Size++ }) },
		"it is unmarked": func(w *world) {
			w.change("usb", func(inv *state.Inventory) { inv.Sets[0].Marked, inv.Sets[0].State = false, state.Unmarked })
		},
		"retention does not want it": func(w *world) { w.standard().KeepLast = 1 },
		"it is excluded":             func(w *world) { w.options.Exclude = []string{rotten} },
	} {
		w := rottenAtNas()
		change(w)
		for _, c := range w.compute(t).Changes {
			if c.Source == "usb" {
				t.Errorf("%s: planned %+v", name, c)
			}
		}
	}
}

// The only good copy is not deleted while another one waits for it.
func TestCompute_keepsTheCopyThatAnotherDestinationNeeds(t *testing.T) {
	w := rottenAtNas()
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "short", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].Copies[1].Policy = "short"
	p := w.compute(t)
	if got := changesOf(p, diff.Remove); len(got) > 0 || !slices.Equal(changesOf(p, diff.Replace), []string{rotten}) {
		t.Errorf("planned %v", say(p))
	}
	for _, k := range p.Kept {
		if k.Address == "usb/Bart/2026-11-20-010000" && k.Reasons[0].Text != "nas holds it damaged, and no source holds it" {
			t.Errorf("kept because of %q", k.Reasons[0].Text)
		}
	}
}

func TestOpen_refusesEditedFetches(t *testing.T) {
	for name, edit := range map[string]func(p *diff.Plan, c *diff.Change){
		"without checksums":  func(_ *diff.Plan, c *diff.Change) { c.Sums = nil },
		"with one too few":   func(_ *diff.Plan, c *diff.Change) { c.Sums = c.Sums[1:] },
		"without a manifest": func(_ *diff.Plan, c *diff.Change) { c.Manifest = "" },
		"from a source":      func(_ *diff.Plan, c *diff.Change) { c.Source = "vmx" },
		"from itself":        func(_ *diff.Plan, c *diff.Change) { c.Source = "nas" },
		"from nowhere":       func(_ *diff.Plan, c *diff.Change) { c.Source = "rented" },
		"of another set":     func(_ *diff.Plan, c *diff.Change) { c.From = "Bart/2026-11-21-010000" },
		"as an upload":       func(_ *diff.Plan, c *diff.Change) { c.Action, c.Mode = diff.Create, diff.Upload },
		"of other files":     func(_ *diff.Plan, c *diff.Change) { c.Before = c.Before[1:] },
		"of what is complete": func(_ *diff.Plan, c *diff.Change) {
			c.Address, c.Path, c.From = "nas/Bart/2026-11-21-010000", "Bart/2026-11-21-010000", "Bart/2026-11-21-010000"
		},
		"of the manifest": func(_ *diff.Plan, c *diff.Change) { c.Files[0].Path = state.ManifestName },
		"from what was not read": func(p *diff.Plan, _ *diff.Change) {
			for i := range p.Places {
				if p.Places[i].Name == "usb" {
					p.Places[i].Unreachable = "no"
				}
			}
		},
	} {
		p := rottenAtNas().compute(t)
		edit(p, &p.Changes[0])
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}
