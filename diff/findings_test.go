package diff_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// withManifest is a complete set of which the manifest was read.
func withManifest(s state.Set, run string) state.Set {
	s.Manifest = &state.Manifest{Key: s.Key, Run: run, Owner: "site"}
	for _, f := range s.Files {
		s.Manifest.Files = append(s.Manifest.Files, state.ManifestFile{Path: f.Path, Size: f.Size, SHA256: strings.Repeat("a", 64)})
	}
	return s
}

// foundDamaged lets nas hold complete sets, and its record say of one of them that it
// was found damaged.
func (w *world) foundDamaged(rotten state.Key, all ...state.Set) *world {
	for i, s := range all {
		all[i] = withManifest(s, propertyRun)
	}
	w.holds("nas", all...).recorded(all...)
	return w.change("nas", func(inv *state.Inventory) {
		s, _ := inv.Find(rotten)
		inv.Known.Note(known.NewFinding(rotten.AsRecorded(), s.Manifest.Identity(), "disk.vmdk", "other sums", propertyRun, noon.Add(-24*time.Hour)))
		inv.MarkFound(inv.Known.Findings)
	})
}

func TestFindings_areAnErrorUntilTheyAreMended(t *testing.T) {
	w := newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 20, 21)...)
	w.options.Exclude = []string{"nas/Bart/2026-11-20-010000"}
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "rotten", "nas: 1 set of 1 VM was found damaged: kept, not counted. Bart/2026-11-20-010000: disk.vmdk did not match its checksum "+
		"when it was read back on 2026-11-21. To send Bart/2026-11-20-010000 again: vmxsync plan -replace=nas/Bart/2026-11-20-010000 -out=plan.out. "+
		"To count it as complete again, for example after a repair by hand: vmxsync plan -accept=nas/Bart/2026-11-20-010000 -out=plan.out")
	if f := p.Failures(); len(f) != 1 || f[0].Short() != "1 set found damaged (nas)" {
		t.Errorf("got %+v, want one failure", f)
	}
	nas, _ := p.Place("nas")
	w.change("nas", func(inv *state.Inventory) { inv.Known = nas.Known })
	if nas, _ := w.compute(t).Place("nas"); nas.Known != nil {
		t.Errorf("the record says nothing new, and is written: %+v", nas.Known)
	}

	// what no source holds cannot be sent again
	p = newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 21)...).compute(t)
	if got := notice(t, p, "rotten"); !strings.Contains(got, "To delete Bart/2026-11-20-010000: vmxsync plan -destroy -target=nas/Bart/2026-11-20-010000 -out=plan.out.") || strings.Contains(got, "-replace") {
		t.Errorf("got %s", got)
	}
	// but another destination may hold it, and the newest proof is named, where none can be moved aside
	fromOthers := newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 21)...)
	for _, name := range []string{"usb", "rented"} {
		d := *fromOthers.nas()
		d.Name, d.Settings = name, where{name}
		fromOthers.spec.Destinations = append(fromOthers.spec.Destinations, d)
		fromOthers.spec.Backups[0].Copies = append(fromOthers.spec.Backups[0].Copies, config.Copy{Destination: name, Policy: "standard"})
		fromOthers.inv[name] = state.Inventory{Place: name, Owner: "site", Sets: sets(state.Complete, 20, 21)}
	}
	fromOthers.nas().Publish = config.InPlace
	const also = "not match its checksum when it was read back on 2026-11-21. usb holds Bart/2026-11-20-010000 as well: vmxsync restore usb/Bart/2026-11-20-010000 -to=DIR. To delete"
	if got := notice(t, fromOthers.compute(t), "rotten"); !strings.Contains(got, also) {
		t.Errorf("got %s", got)
	}
	fromOthers.change("rented", func(inv *state.Inventory) {
		inv.Proofs = map[state.Key]state.Proof{key(20): {Key: key(20), Files: []state.FileProof{
			{Path: "disk.vmdk", Size: 1000, SHA256: "aa", At: noon, Level: state.ReadProof}, {Path: "vm.vmx", Size: 12, SHA256: "bb", At: noon.Add(-72 * time.Hour), Level: state.ReadProof},
		}}}
	})
	if got := notice(t, fromOthers.compute(t), "rotten"); !strings.Contains(got, " rented holds Bart/2026-11-20-010000 as well, proven 2026-11-19: vmxsync restore rented/Bart/2026-11-20-010000 -to=DIR.") {
		t.Errorf("got %s", got)
	}
	// nor can anything be moved aside where sets are published in place
	w.nas().Publish = config.InPlace
	if got := notice(t, w.compute(t), "rotten"); !strings.Contains(got, "-destroy -target=") || strings.Contains(got, "-replace") {
		t.Errorf("got %s", got)
	}
}

// It neither counts nor justifies anything: with it, one set more is there than kept.
func TestFindings_justifyNothing(t *testing.T) {
	there := func() []state.Set { return sets(state.Complete, 17, 18, 19, 20) }
	wantPlan(t, newWorld().foundDamaged(key(20), there()...).holds("vmx", set(key(21), state.Complete)).compute(t),
		"+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-17-010000")
	w := pruning().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 20, 21)...)
	wantPlan(t, w.compute(t), "~replace nas/Bart/2026-11-20-010000") // and only the next plan prunes
	w.nas().Publish = config.InPlace
	if got := notice(t, wantPruned(t, w), "not-pruned"); !strings.Contains(got, "nas must keep it, but the set there is damaged") {
		t.Errorf("got %s", got)
	}
}

func TestFindings_endWithTheCommandsThatTheyName(t *testing.T) {
	start := func() *world {
		return newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 20, 21)...)
	}
	const address = "nas/Bart/2026-11-20-010000"

	w := start()
	w.options.Replace = []string{address}
	p := w.compute(t)
	wantPlan(t, p, "~replace "+address)
	if len(p.Failures()) > 0 {
		t.Errorf("got %+v", p.Failures())
	}
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Error(err)
	}

	w = start()
	w.options.Destroy, w.options.Target = true, []string{address}
	wantPlan(t, w.compute(t), "-remove "+address)

	w = start()
	w.options.Accept = []string{address}
	p = w.compute(t)
	wantPlan(t, p)
	if got := notice(t, p, "accepted"); !strings.Contains(got, "Bart/2026-11-20-010000: found damaged on 2026-11-21, and counts from now on") {
		t.Errorf("got %s", got)
	}
	if r := recordOf(t, p); len(r.Findings) > 0 || r.Seq != 5 || len(p.Failures()) > 0 {
		t.Errorf("got %+v, %+v", r, p.Failures())
	}

	// no pattern makes it count
	w = start()
	w.options.Accept = []string{"nas/Bart"}
	p = w.compute(t)
	wantPlan(t, p, "~replace "+address)
	if i := slices.IndexFunc(p.Notices, func(n diff.Notice) bool { return n.Code == "accepted" }); i >= 0 {
		t.Errorf("got %s", p.Notices[i].Text)
	}
}

// What was found is of one copy: it is forgotten with it, and not before.
func TestFindings_stayAsLongAsTheCopy(t *testing.T) {
	all := func() []state.Set { return sets(state.Complete, 20, 21) }
	start := func() *world { return newWorld().foundDamaged(key(20), all()...).holds("vmx", all()...) }
	find := func(w *world) bool {
		p := w.compute(t)
		nas, _ := p.Place("nas")
		if nas.Known == nil {
			nas.Known = w.inv["nas"].Known
		}
		_, found := nas.Known.Found(key(20).AsRecorded())
		return found
	}
	again := func(w *world) *world { // sent again by another run
		return w.change("nas", func(inv *state.Inventory) {
			inv.Put(withManifest(set(key(20), state.Complete), "20261122T110000Z-cccccccccccc"))
		})
	}
	for name, c := range map[string]struct {
		w    *world
		want bool
	}{
		"there":                  {start(), true},
		"sent again":             {again(start()), false},
		"sent again, in trash":   {again(start()).trashes(trashed(set(key(20), state.Complete), propertyRun, true)), true},
		"the VM is not readable": {start().change("nas", func(inv *state.Inventory) { inv.Sets, inv.UnknownVMs = nil, map[string]string{"Bart": "cut"} }), true},
		"gone":                   {start().change("nas", func(inv *state.Inventory) { inv.Sets = inv.Sets[1:] }), false},
	} {
		if got := find(c.w); got != c.want {
			t.Errorf("%s: recorded %v, want %v", name, got, c.want)
		}
	}
	wantPlan(t, again(start()).compute(t))
}

func TestFindings_areShownWhereSetsAre(t *testing.T) {
	w := newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 20, 21)...)
	all, err := diff.Standings(w.input())
	if err != nil || len(all) != 1 || all[0].Others[state.Damaged] != 1 || all[0].Counted != 1 {
		t.Errorf("got %+v, %v", all, err)
	}
	explained, err := diff.Explain(w.input(), func(string) bool { return true })
	if err != nil || len(explained) != 1 || len(explained[0].Sets) != 2 {
		t.Fatalf("got %+v, %v", explained, err)
	}
	if got := explained[0].Sets[1]; got.State != state.Damaged || got.Outcome != "replace" {
		t.Errorf("got %+v", got)
	}
	w = newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 21)...)
	if explained, err = diff.Explain(w.input(), func(string) bool { return true }); err != nil {
		t.Fatal(err)
	}
	if got := explained[0].Sets[1]; got.State != state.Damaged || got.Reasons[0].Text != "damaged: disk.vmdk did not match its checksum when it was read back on 2026-11-21" {
		t.Errorf("got %+v", got)
	}
}

// A copy that is proven damaged, or whose manifest is torn, is sent again where the source
// still holds what it was made of, and the plan gives the reason.
func TestFindings_areMendedFromTheSource(t *testing.T) {
	const address = "nas/Bart/2026-11-20-010000"
	found := func() *world {
		return newWorld().foundDamaged(key(20), sets(state.Complete, 20, 21)...).holds("vmx", sets(state.Complete, 20, 21)...)
	}
	torn := func() *world {
		return newWorld().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 20, 21)...).change("nas", func(inv *state.Inventory) {
			s, _ := inv.Find(key(20))
			s.State, s.Marked, s.Problem = state.Damaged, true, "its manifest is torn"
			inv.Put(s)
		})
	}
	for want, start := range map[string]func() *world{
		"damaged (disk.vmdk did not match its checksum when it was read back on 2026-11-21): uploaded again": found,
		"damaged (its manifest is torn): uploaded again":                                                     torn,
	} {
		p := start().compute(t)
		wantPlan(t, p, "~replace "+address)
		if why := p.Changes[0].Reasons; why[len(why)-1].Text != want {
			t.Errorf("got %q, want %q", why[len(why)-1].Text, want)
		}
		if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
			t.Error(err)
		}
		p.Changes[0].Before[0].Size++ // a plan that takes away another set than the one it sends
		if _, err := planfile.Open(seal(t, p, nil), nil); err == nil || !strings.Contains(err.Error(), "its state was damaged, and no flag selects it") {
			t.Errorf("got %v", err)
		}
		for other, change := range map[string]func(*state.Set){
			"another size": func(s *state.Set) { s.Files[0].Size++ },
			"a file more":  func(s *state.Set) { s.Files = append(s.Files, state.File{Path: "z", Size: 1, ModTime: noon}) },
		} {
			w := start()
			s := set(key(20), state.Complete)
			s.Files = slices.Clone(s.Files)
			change(&s)
			wantPlan(t, w.holds("vmx", s, set(key(21), state.Complete)).compute(t))
			if t.Failed() {
				t.Fatal("the local set has ", other)
			}
		}
	}
	written := found().change("nas", func(inv *state.Inventory) {
		s, _ := inv.Find(key(20))
		for i := range s.Manifest.Files {
			s.Manifest.Files[i].MTime = noon.Add(-1000 * time.Hour)
		}
	})
	wantPlan(t, written.compute(t)) // the local set was written again since
}

// A server or a connection that delivers wrong bytes tears every manifest at once: whether the
// copies are damaged is not known then, and they do not go to trash by themselves.
func TestGuard_refusesToMendManySetsAtOnce(t *testing.T) {
	torn := func(o diff.Options, days ...int) *world {
		w := newWorld().holds("vmx", sets(state.Complete, 18, 19, 20, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...).change("nas", func(inv *state.Inventory) {
			for _, day := range days {
				s, _ := inv.Find(key(day))
				s.State, s.Marked, s.Problem = state.Damaged, true, "its manifest is torn"
				inv.Put(s)
			}
		})
		w.standard().KeepLast, w.options, w.shrink = 4, o, o.AllowShrink
		return w
	}
	for _, c := range []struct {
		name    string
		w       *world
		refused bool
	}{
		{"two", torn(diff.Options{}, 20, 21), false},
		{"three of four", torn(diff.Options{}, 19, 20, 21), true},
		{"all", torn(diff.Options{}, 18, 19, 20, 21), true},
		{"three, named by -replace", torn(diff.Options{Replace: []string{"nas/Bart/2026-11-19-010000"}}, 19, 20, 21), false},
		{"allowed", torn(diff.Options{AllowShrink: true}, 19, 20, 21), false},
	} {
		p := c.w.compute(t)
		if got := slices.ContainsFunc(p.Guard.Refusals, func(r diff.Refusal) bool { return r.Rule == diff.ManyDamagedRule && r.Scope == "nas" }); got != c.refused {
			t.Errorf("%s: refused %t, want %t: %+v", c.name, got, c.refused, p.Guard)
		}
		if c.name == "allowed" && len(p.Guard.Lifted) != 1 {
			t.Errorf("%s: %+v", c.name, p.Guard)
		}
		held := p.HoldBack()
		if c.refused {
			wantPlan(t, held)
		}
		if _, err := planfile.Open(seal(t, held, nil), nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
