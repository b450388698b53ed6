package apply_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// watch is an observer of the destinations: after each change to a final name
// it looks at all sets that stand there.
type watch struct {
	t        *testing.T
	w        *world
	planted  map[string]string // address to digest, of the sets without manifest
	local    []state.Key       // sets that the source holds
	complete map[string]int    // complete sets by scope, at the beginning
}

func newWatch(t *testing.T, w *world) *watch {
	o := &watch{t: t, w: w, planted: map[string]string{}, complete: map[string]int{}}
	seen := o.look()
	seen.each(func(place string, s state.Set) {
		if s.State == state.Complete {
			o.complete[state.Scope(place, s.VM)]++
		} else {
			o.planted[state.Address(place, s.Key)] = state.Digest(s.Files)
		}
	})
	if w.options.Destroy {
		clear(o.complete)
	}
	o.local = slices.Collect(maps.Keys(seen.atSource))
	// What a replace moved aside may come back.
	for place, inv := range seen.inv {
		for _, trash := range inv.Trash {
			o.planted[state.Address(place, trash.Key)] = state.Digest(trash.Files)
		}
	}
	return o
}

// sight is what an observer sees at one instant: read once, for all that is asked
// about it. Nobody changes it: runs that come to the same files share it.
type sight struct {
	world *world // a copy, in which no call is under way
	inv   map[string]state.Inventory
	sets  map[string][]state.Set // of each destination, proven by their manifests

	atSource map[state.Key]bool // sets that the source holds whole
}

// look reads all destinations. The runs of a trial come to the same files again and
// again, up to the crash and after it, and what is read depends on these alone.
func (o *watch) look() sight {
	if o.w.seen == nil {
		return o.read()
	}
	digest := o.w.digest()
	if s, ok := o.w.seen.Load(digest); ok {
		return s.(sight)
	}
	s := o.read()
	if !o.t.Failed() {
		o.w.seen.Store(digest, s)
	}
	return s
}

func (o *watch) read() sight {
	s := sight{world: o.w.clone(), inv: map[string]state.Inventory{}, sets: map[string][]state.Set{}}
	for _, d := range o.w.spec.Destinations {
		store := s.world.stores[d.Name]
		inv := read.Destination(o.t.Context(), store, d)
		if inv.Err != nil {
			o.t.Errorf("%s: %v", d.Name, inv.Err)
		}
		s.inv[d.Name] = inv
		s.sets[d.Name] = read.Manifests(o.t.Context(), store, slices.Clone(inv.Sets))
	}
	s.atSource = s.world.atSource(o.t)
	return s
}

func (s sight) each(do func(place string, s state.Set)) {
	for place, sets := range s.sets {
		for _, set := range sets {
			do(place, set)
		}
	}
}

func (o *watch) see(c faults.Call) {
	inWork := strings.HasPrefix(c.Path, work+"/") && (c.To == "" || strings.HasPrefix(c.To, work+"/"))
	if c.Op == "journal" || inWork && !o.w.inPlace() {
		return
	}
	seen := o.look()
	o.seeSource(c, seen)
	if o.w.inPlace() {
		o.seeManifests(c, seen)
	}
	o.seeFloor(c, seen)
	seen.each(func(place string, s state.Set) {
		address := state.Address(place, s.Key)
		if s.State != state.Complete && o.planted[address] != state.Digest(s.Files) && s.State != state.Incomplete { // that one has a claim
			o.t.Errorf("after %s: %s is visible and %s: %s", c, address, s.State, s.Problem)
		}
		if err := checkBlocks(o.t.Context(), seen.world.stores[place], s); err != nil {
			o.t.Errorf("after %s: %s: %v", c, address, err)
		}
	})
}

// seeFloor proves that min_keep sets stay complete.
func (o *watch) seeFloor(c faults.Call, seen sight) {
	left := map[string]int{}
	seen.each(func(place string, s state.Set) {
		if s.State == state.Complete {
			left[state.Scope(place, s.VM)]++
		}
	})
	for scope, n := range o.complete {
		if want := min(n, minKeep); left[scope] < want {
			o.t.Errorf("after %s: %s has %d complete sets, want at least %d", c, scope, left[scope], want)
		}
	}
}

// seeSource proves that what the source does not hold any more is whole at
// every destination of the VM, or outlived there.
func (o *watch) seeSource(c faults.Call, seen sight) {
	var left []state.Key
	for _, k := range o.local {
		if !seen.atSource[k] {
			left = append(left, k)
		}
	}
	if len(left) == 0 {
		return
	}
	newest := map[string]state.Stamp{}
	seen.each(func(place string, s state.Set) {
		scope := state.Scope(place, s.VM)
		if s.State == state.Complete && s.Manifest != nil && !s.Manifest.NoSums {
			newest[scope] = max(newest[scope], s.Stamp)
		}
	})
	for _, k := range left {
		for _, place := range []string{"nas", "usb"} {
			if newest[state.Scope(place, k.VM)] < k.Stamp {
				o.t.Errorf("after %s: %s is gone from the source, and %s holds neither it nor a newer one", c, k, place)
			}
		}
	}
}

// atSource are the sets that the source holds whole, at their names or aside.
func (w *world) atSource(t testing.TB) map[state.Key]bool {
	files := w.tree(t, "vms")
	whole := map[state.Key]bool{}
	for p := range files {
		dir, ok := strings.CutSuffix(p, "/disk-flat.vmdk")
		if !ok {
			continue
		}
		name := dir
		if final, _, _, aside := state.ParseAside(dir); aside {
			name = final
		}
		k, ok := w.spec.Sources[0].Layout.Key(name)
		if !ok {
			continue
		}
		whole[k] = true
		for f, text := range content(k) {
			whole[k] = whole[k] && files[path.Join(dir, f)] == text
		}
	}
	maps.DeleteFunc(whole, func(_ state.Key, is bool) bool { return !is })
	return whole
}

// crash applies until the crash, under observation.
func (w *world) crash(t *testing.T, plan *diff.Plan, log *memLog, fault *faults.Fault) {
	t.Helper()
	script := faults.New(fault)
	script.Observe(newWatch(t, w).see)
	w.apply(t.Context(), plan, run{id: thisRun, log: log, script: script})
	if err := script.AllHit(); err != nil {
		t.Fatal(err)
	}
}

// finish applies to the end, under observation.
func (w *world) finish(t *testing.T, plan *diff.Plan, log *memLog) []faults.Call {
	t.Helper()
	script := faults.New()
	script.Observe(newWatch(t, w).see)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, script: script})
	if !errors.Is(err, apply.ErrApplied) {
		must(t, r, err)
	}
	return script.Calls()
}

// converge plans and applies until there is nothing to do.
func (w *world) converge(t *testing.T) {
	t.Helper()
	for n := range 4 {
		w.options.Replace = slices.DeleteFunc(slices.Clone(w.options.Replace), func(address string) bool { return w.isReplaced(t, address) })
		plan := w.plan(t)
		records := slices.ContainsFunc(plan.Places, func(p diff.Place) bool { return p.Known != nil })
		if plan.Empty() && len(plan.Cleanups) == 0 && !records {
			return
		}
		r, err := w.apply(t.Context(), plan, run{id: strings.Replace(nextRun, "T13", fmt.Sprintf("T1%d", 3+n), 1)})
		must(t, r, err)
	}
	t.Fatal("the fourth plan still has something to do")
}

// isReplaced reports whether a set holds what the source does: a person who named
// it would not name it again, and -replace sends again what is named.
func (w *world) isReplaced(t *testing.T, address string) bool {
	place, k, err := state.SplitAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	disk := k.String() + "/disk-flat.vmdk"
	return w.has(t, place, disk) && w.tree(t, place)[disk] == w.tree(t, "vms")[disk]
}

// whens are the instants of a crash that make sense for a call.
func whens(c faults.Call) []faults.When {
	if c.Op == faults.Put || c.Op == faults.Open || c.Op == "journal" {
		return []faults.When{faults.Before, faults.Middle, faults.After}
	}
	return []faults.When{faults.Before, faults.After}
}

// trial is a plan, the world it was made for, and how it should end.
type trial struct {
	start     *world
	plan      *diff.Plan
	calls     []faults.Call
	end       map[string]tree
	converged map[string]tree
	tried     *sync.Map // of the ways that were tried, by what they began with
}

func newTrial(t *testing.T, start *world) trial {
	start.seen = &sync.Map{}
	x := trial{start: start, plan: start.plan(t), tried: &sync.Map{}}
	undisturbed := start.clone()
	x.calls = undisturbed.finish(t, x.plan, &memLog{})
	x.end = undisturbed.trees(t)
	undisturbed.converge(t)
	x.converged = anyRun(t, undisturbed.trees(t))
	return x
}

// crash runs a fresh copy of the world into a crash at one call.
func (x trial) crash(t *testing.T, i int, when faults.When) (*world, *memLog) {
	w, log := x.start.clone(), &memLog{torn: when == faults.Middle}
	w.crash(t, x.plan, log, faults.Crash(i, when))
	return w, log.clone()
}

// again goes on with the same plan and its journal.
func (x trial) again(t *testing.T, w *world, log *memLog, what string) {
	t.Helper()
	w.finish(t, x.plan, log.clone())
	if why := unlike(x.end, w.trees(t)); why != "" {
		t.Fatalf("%s, then the same plan: %s", what, why)
	}
}

// withoutJournal goes on with the same plan and no memory.
func (x trial) withoutJournal(t *testing.T, w *world, _ *memLog, what string) {
	t.Helper()
	x.again(t, w, &memLog{}, what+", the journal lost")
}

// afresh plans again.
func (x trial) afresh(t *testing.T, w *world, _ *memLog, what string) {
	t.Helper()
	w.converge(t)
	if why := unlike(x.converged, anyRun(t, w.trees(t))); why != "" {
		t.Fatalf("%s, then fresh plans: %s", what, why)
	}
}

// sparse is n for a plain run, more where tests are thin, and 1
// where VMXSYNC_SOAK asks for everything. make test runs the crashes in both ways:
// each call without the race detector, and some of them with it.
func sparse(n int) int {
	switch {
	case os.Getenv("VMXSYNC_SOAK") != "":
		return 1
	case providertest.Thin():
		return 20 * n
	}
	return n
}

// TestRun_crashEverywhere stops an apply at every call to a store and at every
// line of the journal, before, in the middle of and after its effect. It goes
// on with the same plan, with the journal lost, and with a fresh plan: here in
// turn, in the scenes one by one each time in all three ways.
func TestRun_crashEverywhere(t *testing.T) {
	x := newTrial(t, scene(t, ""))
	t.Logf("%d changes, %d cleanups, %d calls", len(x.plan.Changes), len(x.plan.Cleanups), len(x.calls))
	const lanes = 2
	for lane := range lanes {
		t.Run(fmt.Sprint(lane), func(t *testing.T) {
			t.Parallel()
			for i := lane; i < len(x.calls); i += lanes * sparse(1) {
				for n, when := range whens(x.calls[i]) {
					ways := x.ways()
					if sparse(3) > 1 {
						ways = ways[(i/lanes+n)%3:][:1]
					}
					x.crashOnce(t, i, when, ways)
				}
			}
		})
	}
	for name := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, scene(t, name))
			for i := 0; i < len(x.calls); i += sparse(1) {
				for _, when := range whens(x.calls[i]) {
					x.crashOnce(t, i, when, x.ways())
				}
			}
		})
	}
}

// way is how people go on after a crash.
type way struct {
	name    string
	journal bool // it reads the journal
	goOn    func(t *testing.T, w *world, log *memLog, what string)
}

func (x trial) ways() []way {
	return []way{{"again", true, x.again}, {"without the journal", false, x.withoutJournal}, {"afresh", false, x.afresh}}
}

func (x trial) crashOnce(t *testing.T, i int, when faults.When, ways []way) {
	w, log := x.crash(t, i, when)
	x.goOn(t, w, log, fmt.Sprintf("crash %s %s", when, x.calls[i]), ways)
}

// goOn goes on from a crash in several ways, each in a copy of the world. After a crash
// that left the same files and the same journal as an earlier one of this trial, every
// way does what it did then: calls that only read are most of all, and a crash after one
// call is one before the next.
func (x trial) goOn(t *testing.T, w *world, log *memLog, what string, ways []way) {
	begin := w.digest()
	for _, way := range ways {
		from := way.name + begin
		if way.journal {
			from += string(log.clone().data)
		}
		if _, tried := x.tried.LoadOrStore(from, true); !tried {
			way.goOn(t, w.clone(), log.clone(), what)
		}
		kept := log.afterPowerLoss()
		if !way.journal || len(kept.data) == len(log.clone().data) {
			continue
		}
		if _, tried := x.tried.LoadOrStore(way.name+begin+string(kept.data), true); !tried {
			way.goOn(t, w.clone(), kept, what+", and the power failed")
		}
	}
}

// TestRun_crashWithSeveralSetsUnderWay stops an apply that sends several sets of a VM at once,
// and deletes others after that. Which call is stopped differs from run to run.
func TestRun_crashWithSeveralSetsUnderWay(t *testing.T) {
	start := newWorld(t, 4)
	start.stores["nas"] = mem.New(yesterday, mem.Sessions(3))
	start.owned("nas")
	for _, day := range []int{18, 19, 20, 21} {
		start.local(key("Bart", day))
	}
	for _, day := range []int{14, 15, 16} {
		start.complete("nas", key("Bart", day).String(), key("Bart", day))
	}
	x := newTrial(t, start)
	for i := 0; i < len(x.calls); i += sparse(3) {
		for _, when := range []faults.When{faults.Before, faults.Middle, faults.After} {
			w, log, script := x.start.clone(), &memLog{torn: when == faults.Middle}, faults.New(faults.Crash(i, when))
			script.Observe(newWatch(t, w).see)
			w.apply(t.Context(), x.plan, run{id: thisRun, log: log, script: script, parallelism: 3})
			x.goOn(t, w, log.clone(), fmt.Sprintf("crash %s call %d", when, i), x.ways())
		}
	}
}

// TestRun_crashTwice stops the resumed run, too.
func TestRun_crashTwice(t *testing.T) {
	for name := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, scene(t, name))
			for i := 0; i < len(x.calls); i += sparse(7) {
				for _, when := range whens(x.calls[i]) {
					x.crashTwice(t, i, when)
				}
			}
		})
	}
}

func (x trial) crashTwice(t *testing.T, i int, when faults.When) {
	w, log := x.crash(t, i, when)
	calls := w.clone().finish(t, x.plan, log.clone())
	for j := i % sparse(13); j < len(calls); j += sparse(13) {
		second, log := w.clone(), log.clone()
		moments := whens(calls[j])
		second.crash(t, x.plan, log, faults.Crash(j, moments[(i+j)%len(moments)]))
		what := fmt.Sprintf("crash %s %s, then at %s", when, x.calls[i], calls[j])
		x.goOn(t, second, log, what, x.ways()[:2])
	}
}
