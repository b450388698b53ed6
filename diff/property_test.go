package diff_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

const propertyRun = "20261122T120000Z-6f1c0e8a2b9d"

// drawWorld makes a world of two VMs with sets, staging and trash in all
// states, at random.
func drawWorld(t *rapid.T) *world {
	w := newWorld()
	drawPolicy(t, w.standard())
	w.spec.Backups[0].Copies[0].Order = rapid.SampledFrom([]config.Order{config.UploadFirst, config.DeleteFirst}).Draw(t, "order")
	if rapid.Bool().Draw(t, "prunes") {
		w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "local", KeepLast: rapid.IntRange(1, 3).Draw(t, "keep_local"), MinKeep: 1})
		w.spec.Backups[0].PruneSource = "local"
	}
	w.nas().TrustUnmarked = rapid.Bool().Draw(t, "trust")
	if !w.nas().TrustUnmarked && rapid.Bool().Draw(t, "in place") {
		w.nas().Publish = config.InPlace
	}
	if w.nas().Publish != config.InPlace {
		w.nas().TrashKeep = rapid.SampledFrom([]time.Duration{0, 0, 36 * time.Hour}).Draw(t, "trash_keep")
	}
	w.spec.Backups[0].VMs = rapid.SampledFrom([][]string{{"*"}, {"*", "Bart", "Lisa"}, {"Bart"}}).Draw(t, "vms")
	if rapid.Bool().Draw(t, "first use") {
		w.change("nas", func(inv *state.Inventory) { inv.Owner = "" })
	}
	w.holds("vmx", set(keyOf("Homer", 1), state.Settling)) // else the source might be empty
	for _, vm := range []string{"Bart", "Lisa"} {
		for day := 10; day < 17; day++ {
			drawSlot(t, w, keyOf(vm, day))
		}
		if rapid.IntRange(0, 9).Draw(t, "blind") == 0 {
			place := rapid.SampledFrom([]string{"nas", "vmx"}).Draw(t, "place")
			w.change(place, func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{vm: "cut"} })
		}
	}
	return w
}

// drawPolicy draws rules, floor and caps that matter to sets of seven nights.
func drawPolicy(t *rapid.T, p *config.Policy) {
	p.KeepLast = rapid.IntRange(-1, 4).Draw(t, "keep_last")
	p.KeepWeekly = rapid.SampledFrom([]int{0, 0, 1, 2, -1}).Draw(t, "keep_weekly")
	p.KeepWithin.Days = rapid.SampledFrom([]int{0, 0, 2, 5}).Draw(t, "keep_within")
	p.KeepOldest = rapid.Bool().Draw(t, "keep_oldest")
	p.MinKeep = rapid.IntRange(1, 3).Draw(t, "min_keep")
	p.MinAge.Days = rapid.SampledFrom([]int{0, 0, 0, 8}).Draw(t, "min_age")
	p.MaxAge.Days = rapid.SampledFrom([]int{0, 0, 0, 7, 9}).Draw(t, "max_age")
	p.MaxCount = rapid.SampledFrom([]int{0, 0, 0, 2, 4}).Draw(t, "max_count")
	p.MaxSize = rapid.SampledFrom([]int64{0, 0, 0, 2500}).Draw(t, "max_size")
	if rapid.IntRange(0, 3).Draw(t, "pinned") == 0 {
		p.Pins = []config.Pin{{Key: keyOf("Bart", rapid.IntRange(10, 17).Draw(t, "pin"))}}
	}
}

// contents are what a set may hold: the second is plausibly half of the first.
var contents = [][]string{{"disk.vmdk", "vm.vmx:12"}, {"disk.vmdk:17"}, {"disk.vmdk:1001"}, {"other"}}

func drawContent(t *rapid.T) []string { return rapid.SampledFrom(contents).Draw(t, "content") }

func drawSlot(t *rapid.T, w *world, k state.Key) {
	local := rapid.SampledFrom([]state.State{"", "", state.Complete, state.Complete, state.Settling, state.NotReady}).Draw(t, "local")
	if local != "" {
		w.holds("vmx", set(k, local, contents[0]...))
	}
	remote := rapid.SampledFrom([]state.State{"", "", state.Complete, state.Complete, state.Complete, state.Unmarked, state.Damaged, state.Unknown}).Draw(t, "remote")
	if remote == state.Unknown && rapid.IntRange(0, 3).Draw(t, "really") > 0 {
		remote = state.Complete
	}
	if remote != "" {
		w.holds("nas", set(k, remote, drawContent(t)...))
	}
	switch in := rapid.IntRange(0, 7).Draw(t, "staged"); {
	case in == 2 && remote == "":
		w.stages(atFinal(set(k, state.Incomplete, drawContent(t)...), drawContent(t)...))
	case in == 3 && remote == "":
		s, claim := begunOf(set(k, state.Incomplete, drawContent(t)...))
		w.holds("nas", s).stages(claim)
	case in < 2:
		w.stages(staged(set(k, state.Complete, drawContent(t)...), rapid.Bool().Draw(t, "whole")))
	}
	if rapid.IntRange(0, 5).Draw(t, "trashed") == 0 {
		run := rapid.SampledFrom([]string{"20261101T000000Z-000000000000", "20261121T000000Z-000000000000", "x"}).Draw(t, "run")
		w.trashes(trashed(set(k, state.Unmarked, drawContent(t)...), run, rapid.Bool().Draw(t, "replaced")))
	}
}

// nas is what a destination holds by path, moved as an apply would move it.
type nas struct {
	t     *rapid.T
	work  state.WorkDir
	sets  map[string]state.Set // final path -> set
	owner string
	stage map[string]state.Staged
	trash map[string]state.Trashed
}

func newNAS(t *rapid.T, inv state.Inventory) *nas {
	n := &nas{t: t, work: ".vmxsync", owner: inv.Owner, sets: map[string]state.Set{}, stage: map[string]state.Staged{}, trash: map[string]state.Trashed{}}
	for _, s := range inv.Sets {
		n.sets[s.Path] = s
	}
	for _, s := range inv.Staged {
		n.stage[s.Path] = s
	}
	for _, x := range inv.Trash {
		n.trash[x.Path] = x
	}
	return n
}

func (n *nas) inventory(old state.Inventory) state.Inventory {
	old.Owner, old.Sets, old.Staged, old.Trash = n.owner, nil, nil, nil
	for _, s := range n.sets {
		old.Sets = append(old.Sets, s)
	}
	for _, s := range n.stage {
		old.Staged = append(old.Staged, s)
	}
	for _, x := range n.trash {
		old.Trash = append(old.Trash, x)
	}
	slices.SortFunc(old.Sets, func(a, b state.Set) int { return a.Compare(b.Key) })
	slices.SortFunc(old.Staged, func(a, b state.Staged) int { return a.Compare(b.Key) })
	slices.SortFunc(old.Trash, func(a, b state.Trashed) int { return strings.Compare(a.Path, b.Path) })
	return old
}

// apply does what the plan says, step by step, and fails where a step does not
// find what it must find.
func (n *nas) apply(p *diff.Plan) {
	done := map[string]bool{}
	do := func(s diff.Step, step func(diff.Step)) {
		for _, id := range s.Needs {
			if !done[id] {
				n.t.Fatalf("%s comes before %s", s.ID, id)
			}
		}
		step(s)
		done[s.ID] = true
	}
	steps, err := diff.Expand(p, propertyRun)
	if err != nil {
		n.t.Fatalf("Expand: %v", err)
	}
	for i := range p.Places {
		for _, s := range steps.Places[i] {
			do(s, func(diff.Step) { n.owner = p.Name })
		}
	}
	for i, c := range p.Changes {
		if c.Early {
			n.early(p, c)
		}
		for _, s := range steps.Changes[i] {
			do(s, func(s diff.Step) { n.step(c, s) })
		}
	}
	for i := range p.Cleanups {
		for _, s := range steps.Cleanups[i] {
			do(s, func(s diff.Step) { n.cleanup(s) })
		}
	}
}

// early proves that a delete which makes room comes before all uploads of its
// group, and leaves enough newer sets without them.
func (n *nas) early(p *diff.Plan, c diff.Change) {
	_, k, _ := state.SplitAddress(c.Address)
	for _, other := range p.Changes {
		_, o, _ := state.SplitAddress(other.Address)
		if other.Address == c.Address {
			break
		}
		if o.VM == k.VM && !other.Early {
			n.t.Fatalf("%s makes room, and comes after %s", c.Address, other.Address)
		}
	}
	if s, there := n.sets[c.Path]; !there || s.State == state.Incomplete {
		return // only staged, or begun
	}
	n.needed(p, c, k)
	left := 0
	for _, s := range n.sets {
		if s.VM == k.VM && s.Stamp > k.Stamp && (s.State == state.Complete || s.State == state.Unmarked) {
			left++
		}
	}
	if i := slices.IndexFunc(p.Groups, func(g diff.Group) bool { return g.VM == k.VM }); left < p.Groups[i].MinKeep {
		n.t.Fatalf("%s makes room, and leaves %d newer sets, min_keep is %d", c.Address, left, p.Groups[i].MinKeep)
	}
}

// needed proves that the early deletes before this one do not free what the
// uploads need, and that no more sets come than go.
func (n *nas) needed(p *diff.Plan, c diff.Change, k state.Key) {
	var sent, freed int64
	comes, goes, before := 0, 0, true
	for _, other := range p.Changes {
		_, o, _ := state.SplitAddress(other.Address)
		before = before && other.Address != c.Address
		switch {
		case o.VM != k.VM || other.Mode == diff.Prune:
		case other.Action != diff.Delete:
			comes++
			if other.Mode != diff.Publish && other.Mode != diff.Adopt {
				sent += other.Bytes
			}
		case other.Path == o.String(): // at its final name
			goes++
			if before && other.Early {
				freed += other.Bytes
			}
		}
	}
	if freed >= sent || comes > goes {
		n.t.Fatalf("%s makes room: %d bytes are sent, %d were freed before it; %d sets come and %d go", c.Address, sent, freed, comes, goes)
	}
}

func (n *nas) step(c diff.Change, s diff.Step) {
	_, k, _ := state.SplitAddress(c.Address)
	switch s.Op {
	case diff.OpManifest:
		n.stage[n.work.Staged(k)] = staged(sent(c, k), true)
	case diff.OpSeal:
		if _, there := n.sets[c.Path]; there {
			n.t.Fatalf("%s: %s is there", s.ID, c.Path)
		}
		n.sets[c.Path] = sent(c, k)
	case diff.OpMarkDelete:
		if n.sets[s.From].State != state.Incomplete {
			n.delete(k, s)
		}
	case diff.OpAside:
		old := n.sets[s.From]
		delete(n.sets, s.From)
		n.trash[s.To] = state.Trashed{Key: k, Path: s.To, Run: propertyRun, Replaced: true, Files: old.Files}
	case diff.OpPublish:
		n.publish(k, s)
	case diff.OpMark:
		marked := n.sets[path.Dir(s.To)]
		marked.State, marked.Marked = state.Complete, true
		n.sets[marked.Path] = marked
	case diff.OpRelease:
		delete(n.stage, s.From)
	case diff.OpTrash:
		old := n.sets[s.From]
		n.delete(k, s)
		n.trash[s.To] = state.Trashed{Key: k, Path: s.To, Run: propertyRun, Files: old.Files}
	case diff.OpPurge:
		delete(n.sets, s.From)
		delete(n.trash, s.From)
		delete(n.stage, s.From)
	}
}

// sent is the set as the change has sent it, whole.
func sent(c diff.Change, k state.Key) state.Set {
	content := set(k, state.Complete)
	content.Files = nil
	for _, f := range c.Files {
		content.Files = append(content.Files, state.File{Path: f.Path, Size: f.Size, ModTime: f.ModTime})
	}
	return content
}

func (n *nas) publish(k state.Key, s diff.Step) {
	from := n.stage[path.Dir(s.From)]
	if _, there := n.sets[s.To]; there || from.Set.State != state.Complete {
		n.t.Fatalf("%s: %s is there, or nothing whole is staged", s.ID, s.To)
	}
	from.Set.Path, from.Set.Key = s.To, k
	n.sets[s.To] = from.Set
}

func (n *nas) delete(k state.Key, s diff.Step) {
	standing := map[state.Stamp]string{}
	for _, x := range n.sets {
		if x.VM == k.VM && x.State != state.Incomplete {
			standing[x.Stamp] = state.Digest(x.Files)
		}
	}
	if got := diff.GroupDigest(standing); got != s.Expect {
		n.t.Fatalf("%s: the group is not as expected", s.ID)
	}
	for _, a := range s.Retains {
		_, kept, _ := state.SplitAddress(a)
		if _, there := n.sets[kept.String()]; !there {
			n.t.Fatalf("%s: retained %s is not there", s.ID, a)
		}
	}
	delete(n.sets, s.From)
}

func (n *nas) cleanup(s diff.Step) {
	if s.Op != diff.OpReturn {
		delete(n.trash, s.From)
		delete(n.stage, s.From)
		return
	}
	x := n.trash[s.From]
	if _, there := n.sets[s.To]; there {
		n.t.Fatalf("%s: %s is there", s.ID, s.To)
	}
	delete(n.trash, s.From)
	n.sets[s.To] = state.Set{Key: x.Key, Path: s.To, State: state.Unmarked, Files: x.Files}
}

func computed(t *rapid.T, w *world) *diff.Plan {
	p, err := diff.Compute(w.input())
	if err != nil {
		t.Fatalf("Compute: %v", err)
	}
	data, err := planfile.Seal(p, envelope, nil)
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	saved, err := planfile.Open(data, nil)
	if err != nil {
		t.Fatalf("Open: %v\n%s", err, data)
	}
	return saved.Plan
}

func TestCompute_convergesOnRandomWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.start = w.inv["nas"].Staged
		p := computed(t, w)
		checkDeletes(t, w, p)
		checkAllIsSaid(t, w, p)
		rounds := 1
		for ; !p.Empty() || len(p.Cleanups) > 0; rounds++ {
			if rounds > 5 {
				t.Fatalf("no end: %v", say(p))
			}
			t.Logf("round %d: %v", rounds, say(p))
			n := newNAS(t, w.inv["nas"])
			n.apply(p)
			w.inv["nas"] = n.inventory(w.inv["nas"])
			w.change("nas", func(inv *state.Inventory) { inv.Known = recorded(p, inv.Known, allDone.does) })
			w.prune(p)
			replaced := slices.ContainsFunc(p.Cleanups, func(c diff.Cleanup) bool { return strings.HasSuffix(c.Path, "~rep") })
			p = computed(t, w)
			checkDeletes(t, w, p)
			if !replaced && !p.Empty() && !slow(w) {
				t.Fatalf("round %d leaves %v", rounds, say(p))
			}
		}
	})
}

// slow reports whether one more round may be needed: in place, a leftover goes
// before the set beside it, and a begun delete before the upload.
func slow(w *world) bool {
	begun := slices.ContainsFunc(w.start, func(s state.Staged) bool { return s.Claim.Governs() })
	return begun || w.nas().Publish == config.InPlace || w.spec.Backups[0].PruneSource != ""
}

// prune takes from the source what the plan prunes.
func (w *world) prune(p *diff.Plan) {
	w.change("vmx", func(inv *state.Inventory) {
		inv.Sets = slices.DeleteFunc(slices.Clone(inv.Sets), func(s state.Set) bool {
			address := state.Address("vmx", s.Key)
			return slices.ContainsFunc(p.Changes, func(c diff.Change) bool { return c.Mode == diff.Prune && c.Address == address })
		})
	})
}

// checkPrune proves that a set which goes from the source is whole at nas, or
// outlived there, once the plan is carried out.
func checkPrune(t *rapid.T, w *world, p *diff.Plan, c diff.Change, k state.Key) {
	newer := 0
	for _, s := range w.inv["nas"].Of(k.VM) {
		local, ok := w.inv["vmx"].Find(s.Key)
		differs := ok && local.State == state.Complete && !state.SameContent(local.Files, s.Files)
		touched := slices.ContainsFunc(p.Changes, func(c diff.Change) bool { return c.Address == state.Address("nas", s.Key) })
		if s.State != state.Complete || differs || touched || s.Stamp < k.Stamp {
			continue
		}
		if s.Key == k {
			return
		}
		newer++
	}
	if newer < w.standard().MinKeep {
		t.Fatalf("%s is pruned, nas does not hold it, and %d newer ones: %v", c.Address, newer, say(p))
	}
}

// checkDeletes proves what no plan may do.
func checkDeletes(t *rapid.T, w *world, p *diff.Plan) {
	gone := map[state.Key]bool{}
	for _, c := range p.Changes {
		_, k, err := state.SplitAddress(c.Address)
		if err != nil {
			t.Fatal(err)
		}
		if c.Mode == diff.Prune {
			checkPrune(t, w, p, c, k)
			continue
		}
		if c.Action != diff.Delete || strings.HasPrefix(c.Path, ".vmxsync/") {
			continue
		}
		gone[k] = true
		s, ok := w.inv["nas"].Find(k)
		trusted := ok && s.State == state.Unmarked && w.nas().TrustUnmarked
		begun := ok && s.State == state.Incomplete
		if !ok || s.State != state.Complete && !trusted && !begun {
			t.Fatalf("%s is deleted, and is %q", c.Address, s.State)
		}
		local, ok := w.inv["vmx"].Find(k)
		if ok && !begun && local.State == state.Complete && !state.SameContent(local.Files, s.Files) {
			t.Fatalf("%s is deleted, and differs", c.Address)
		}
	}
	for _, vm := range []string{"Bart", "Lisa"} {
		checkGroup(t, w, p, vm, gone)
	}
}

// checkGroup proves that min_keep complete sets stay, the newest among them,
// and that nothing goes where something is unknown.
func checkGroup(t *rapid.T, w *world, p *diff.Plan, vm string, gone map[state.Key]bool) {
	var left, before, lost int
	for _, s := range w.inv["nas"].Of(vm) {
		counts := s.State == state.Complete || s.State == state.Unmarked && w.nas().TrustUnmarked
		switch {
		case gone[s.Key]:
			lost, before = lost+1, before+1
		case counts:
			left, before = left+1, before+1
		case s.State == state.Unknown && lost > 0:
			t.Fatalf("%s: %d sets go beside an unknown one", vm, lost)
		}
	}
	for _, c := range p.Changes {
		if c.Action != diff.Delete && strings.HasPrefix(c.Address, "nas/"+vm+"/") {
			left++
		}
	}
	if lost > 0 && left < w.standard().MinKeep {
		t.Fatalf("%s: %d of %d sets go, %d stay, min_keep is %d", vm, lost, before, left, w.standard().MinKeep)
	}
	if lost > 0 && (w.inv["nas"].UnknownVMs[vm] != "" || w.inv["vmx"].UnknownVMs[vm] != "") {
		t.Fatalf("%s: %d sets go while the VM is not known", vm, lost)
	}
}

// checkAllIsSaid proves that every set at the destination is changed or kept,
// with a reason.
func checkAllIsSaid(t *rapid.T, w *world, p *diff.Plan) {
	said := map[string]int{}
	for _, c := range p.Changes {
		said[c.Address] += len(c.Reasons)
	}
	for _, k := range p.Kept {
		said[k.Address] += len(k.Reasons)
	}
	for _, s := range w.inv["nas"].Sets {
		if said[state.Address("nas", s.Key)] == 0 {
			t.Fatalf("nothing is said about %s", s.Key)
		}
	}
}

func TestCompute_newestCompleteStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		p := computed(t, w)
		for _, vm := range []string{"Bart", "Lisa"} {
			var newest state.Key
			for _, s := range w.inv["nas"].Of(vm) {
				local, ok := w.inv["vmx"].Find(s.Key)
				differs := ok && local.State == state.Complete && !state.SameContent(local.Files, s.Files)
				if s.State == state.Complete && !differs {
					newest = s.Key
				}
			}
			i := slices.IndexFunc(p.Changes, func(c diff.Change) bool { return c.Address == state.Address("nas", newest) })
			if i >= 0 && !replacedByNewer(p, newest, w.standard().MinKeep) {
				t.Fatalf("%s, the newest complete, is deleted: %v", newest, say(p))
			}
		}
	})
}

// replacedByNewer reports whether the plan creates enough newer sets first.
func replacedByNewer(p *diff.Plan, k state.Key, floor int) bool {
	newer := 0
	for _, c := range p.Changes {
		_, x, _ := state.SplitAddress(c.Address)
		if c.Action != diff.Delete && x.VM == k.VM && x.Stamp > k.Stamp {
			newer++
		}
	}
	for _, kept := range p.Kept {
		_, x, _ := state.SplitAddress(kept.Address)
		if kept.State == state.Unmarked && x.VM == k.VM && x.Stamp > k.Stamp {
			newer++ // trusted
		}
	}
	return newer >= floor
}

func BenchmarkCompute(b *testing.B) {
	for _, n := range []int{25_000, 50_000, 100_000} {
		w := manySets(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := diff.Compute(w.input()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manySets is a destination with n sets of three files in groups of 20, and a
// new local set for each group.
func manySets(n int) *world {
	w := newWorld()
	w.standard().KeepLast = 20
	var remote, local []state.Set
	files := filesOf("disk.vmdk", "vm.nvram", "vm.vmx:12")
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		k := state.Key{VM: fmt.Sprintf("vm-%06d", i/20), Stamp: state.NewStamp(start.AddDate(0, 0, i%20))}
		remote = append(remote, state.Set{Key: k, State: state.Complete, Path: k.String(), Files: files, Marked: true})
		if i%20 == 0 {
			k.Stamp = key(21).Stamp
			local = append(local, state.Set{Key: k, State: state.Complete, Path: k.String(), Files: files})
		}
	}
	return w.holds("nas", remote...).holds("vmx", local...)
}
