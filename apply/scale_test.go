package apply_test

import (
	"context"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state/config"
)

// ofFiles is a world with a local set of n files.
func ofFiles(t *testing.T, n int) *world {
	w := newWorld(t, 3)
	w.owned("nas")
	for i := range n {
		w.plant("vms", path.Join(key("Bart", 21).String(), fileOf(i)), "content")
	}
	return w
}

func fileOf(i int) string { return fmt.Sprintf("disk%05d.vmdk", i) }

// An upload that was cut at half of its files asks for none of those that are there: some
// servers list a folder for each file that they are asked for.
func TestScale_resumeAsksForNoFileThatIsThere(t *testing.T) {
	const n = 40
	for name, kept := range map[string]bool{"with its journal": true, "without": false} {
		w := ofFiles(t, n)
		plan, log := w.plan(t), &memLog{}
		w.crash(t, plan, log, faults.CrashOn(faults.On(dir.StagedSet(key("Bart", 21))+"/"+fileOf(n/2), faults.Put), 0, faults.Middle))
		log = log.clone()
		if !kept {
			log = &memLog{}
		}
		script, asked := faults.New(), 0
		r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, script: script})
		must(t, r, err)
		for _, c := range script.Calls() {
			if c.Op == faults.Stat && strings.HasPrefix(c.Path, dir.StagedSet(key("Bart", 21))+"/") {
				asked++
			}
		}
		most := 2 // the one that was cut, and the first, whose name is read back
		if !kept {
			most += n // each is compared once, after it was resumed
		}
		if asked > most {
			t.Errorf("%s: %d of %d files were asked for, want %d at most", name, asked, n, most)
		}
	}
}

// The checks before the first step list what lies above the sets once, for however many VMs.
func TestScale_checkGrowsWithTheVMs(t *testing.T) {
	providertest.Linear(t, 200, func(n int) func() {
		w := newWorld(t, 3)
		w.owned("nas")
		for i := range n {
			w.local(key(fmt.Sprintf("vm-%06d", i), 21))
			w.complete("nas", key(fmt.Sprintf("vm-%06d", i), 20).String(), key(fmt.Sprintf("vm-%06d", i), 20))
		}
		plan := w.plan(t)
		opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now}
		for name, s := range w.stores {
			opts.Stores[name] = s
		}
		return func() {
			if err := apply.Check(t.Context(), plan, opts); err != nil {
				t.Error(err)
			}
		}
	})
}

// listing is a place that calls then after it has listed a folder.
type listing struct {
	providers.Store
	then func(dir string, entries int)
}

func (l listing) Unwrap() providers.Store { return l.Store }

func (l listing) List(ctx context.Context, dir string) ([]providers.File, error) {
	entries, err := l.Store.List(ctx, dir)
	l.then(dir, len(entries))
	return entries, err
}

// listed is what a place was asked for.
type listed struct {
	folders int // that were listed
	entries int // in them
}

// listedToDelete is what an apply lists that deletes nine tenths of n sets of a VM, where each
// listing takes that long.
func listedToDelete(t *testing.T, n int, publish config.Publish, takes time.Duration) (all listed) {
	w := newWorld(t, n/10)
	w.spec.Destinations[0].Publish = publish
	w.owned("nas")
	for i := range n {
		w.complete("nas", nightly(i).String(), nightly(i))
		w.local(nightly(i))
	}
	plan, clock := w.plan(t), now()
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: func() time.Time { return clock }, Parallelism: 1}
	for name, s := range w.stores {
		opts.Stores[name] = s
	}
	opts.Stores["nas"] = listing{w.stores["nas"], func(_ string, entries int) {
		all.folders, all.entries = all.folders+1, all.entries+entries
		clock = clock.Add(takes)
	}}
	r, err := apply.Run(t.Context(), plan, opts)
	must(t, r, err)
	if r.Destroyed != n-n/10 {
		t.Fatalf("%d sets were deleted, want %d", r.Destroyed, n-n/10)
	}
	return all
}

// The sets of a VM are listed now and then while many of them are deleted, and not for
// each delete, also where that takes longer than the second for which they count.
func TestScale_deletesListInProportion(t *testing.T) {
	for _, publish := range []config.Publish{config.ByRename, config.InPlace} {
		for _, takes := range []time.Duration{0, 10 * time.Millisecond, 100 * time.Millisecond} {
			once, twice := listedToDelete(t, 160, publish, takes), listedToDelete(t, 320, publish, takes)
			t.Logf("%q, %s: %+v and %+v", publish, takes, once, twice)
			if 10*twice.folders > 23*once.folders || 10*twice.entries > 23*once.entries {
				t.Errorf("%q, %s for each listing: %+v to delete 144 sets, and %+v to delete 288", publish, takes, once, twice)
			}
		}
	}
}

// Deletes in many VMs list the root now and then, and not for each VM.
func TestScale_deletesInManyVMsListTheRootOnce(t *testing.T) {
	const n = 30
	w := newWorld(t, 1)
	w.owned("nas")
	for i := range n {
		for _, day := range []int{20, 21} {
			k := key(fmt.Sprintf("vm-%06d", i), day)
			w.local(k)
			w.complete("nas", k.String(), k)
		}
	}
	plan, roots := w.plan(t), 0
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
	for name, s := range w.stores {
		opts.Stores[name] = s
	}
	opts.Stores["nas"] = listing{w.stores["nas"], func(dir string, _ int) {
		if dir == "." {
			roots++
		}
	}}
	r, err := apply.Run(t.Context(), plan, opts)
	must(t, r, err)
	if r.Destroyed != n || roots > 4 { // the checks before the first step, and the deletes
		t.Errorf("%d sets deleted, and the root was listed %d times, want %d and 4 at most", r.Destroyed, roots, n)
	}
}
