package diff_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// manyOf are n complete sets of a VM, one a day.
func manyOf(vm string, n int) []state.Set {
	var all []state.Set
	first := time.Date(2000, 1, 1, 1, 0, 0, 0, time.UTC)
	for i := range n {
		k := state.Key{VM: vm, Stamp: state.NewStamp(first.AddDate(0, 0, i))}
		all = append(all, state.Set{Key: k, State: state.Complete, Path: k.String(), Files: filesOf("disk.vmdk", "vm.vmx:12"), Marked: true})
	}
	return all
}

// eachVM are the sets of n VMs.
func eachVM(n, sets int) []state.Set {
	var all []state.Set
	for i := range n {
		all = append(all, manyOf(nameOf(i), sets)...)
	}
	return all
}

// nameOf is a name that is long enough for texts with it to be allocated.
func nameOf(i int) string { return fmt.Sprintf("a-machine-with-a-long-name-%06d", i) }

// one is a local set that keeps the source from being empty.
func one() state.Set { return set(keyOf("Zoe", 21), state.Complete) }

func computes(t *testing.T, w *world) func() {
	return func() { w.compute(t) }
}

// What a plan allocates grows with what there is, and not with its square. Each world has
// many of one thing.
func TestScale_compute(t *testing.T) {
	for name, world := range map[string]func(n int) *world{
		"VMs":                     func(n int) *world { return newWorld().holds("nas", eachVM(n, 2)...).holds("vmx", one()) },
		"sets of a VM":            func(n int) *world { return newWorld().holds("nas", manyOf("Bart", n)...).holds("vmx", one()) },
		"sets of a VM to delete":  func(n int) *world { return deleting(n, n/2) },
		"sets of a VM to prune":   manyPruned,
		"VMs to take over":        takingOver,
		"interrupted deletes":     interrupted,
		"names of something else": foreign,
		"vanished sets":           vanished,
		"sets to adopt":           adopting,
	} {
		t.Run(name, func(t *testing.T) {
			providertest.Linear(t, 600, func(n int) func() { return computes(t, world(n)) })
		})
	}
}

// deleting is a VM with n sets at both ends, of which the policy keeps some.
func deleting(n, keep int) *world {
	w := newWorld().holds("nas", manyOf("Bart", n)...).holds("vmx", manyOf("Bart", n)...)
	w.standard().KeepLast, w.shrink = keep, true
	return w
}

func manyPruned(n int) *world {
	w := newWorld().holds("nas", manyOf("Bart", n)...).holds("vmx", manyOf("Bart", n)...)
	w.standard().KeepLast = n
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "newest", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "newest"
	return w
}

func takingOver(n int) *world {
	w := newWorld().holds("nas", eachVM(n, 1)...).holds("vmx", one())
	w.options.TakeOver = true
	return w.change("nas", func(inv *state.Inventory) {
		for i := range inv.Sets {
			inv.Sets[i].Manifest = &state.Manifest{Key: inv.Sets[i].Key, Owner: fmt.Sprintf("owner-%06d", i)}
		}
	})
}

// recordedAt gives nas a record with those sets.
func recordedAt(w *world, sets []state.Set) *world {
	return w.change("nas", func(inv *state.Inventory) {
		inv.Known = &known.Record{Name: "site", Place: "nas", At: noon, Seq: 1}
		for _, s := range sets {
			inv.Known.Sets = append(inv.Known.Sets, diff.RecordOf(s.Key, s.Files))
		}
	})
}

func interrupted(n int) *world {
	sets := eachVM(n, 1)
	w := recordedAt(newWorld().holds("nas", sets...).holds("vmx", one()), sets)
	w.spec.Backups[0].Copies[0].Order = config.DeleteFirst
	return w.change("nas", func(inv *state.Inventory) {
		for _, s := range sets {
			inv.Going = append(inv.Going, s.Key.AsRecorded())
		}
	})
}

func foreign(n int) *world {
	w := newWorld().holds("vmx", eachVM(n, 1)...)
	return w.change("nas", func(inv *state.Inventory) {
		for i := range n {
			inv.Foreign = append(inv.Foreign, fmt.Sprintf("foreign-%06d", i))
		}
	})
}

func vanished(n int) *world {
	sets := eachVM(n, 2)
	w := newWorld().holds("vmx", one())
	for i := 0; i < len(sets); i += 2 {
		w.holds("nas", sets[i])
	}
	return recordedAt(w, sets)
}

func adopting(n int) *world {
	w := newWorld().holds("vmx", one())
	for i, s := range manyOf("Bart", n) {
		s.State, s.Marked = state.Unmarked, false
		if i < n/2 {
			s.Files = filesOf("disk.vmdk:1")
		}
		w.holds("nas", s)
	}
	w.options.Adopt = []string{"nas/Bart"}
	return w
}

// losing is a plan in which n VMs lose most of their sets, which the guard refuses.
func losing(t *testing.T, n int) *diff.Plan {
	w := newWorld().holds("nas", eachVM(n, 6)...).holds("vmx", eachVM(n, 6)...)
	w.standard().KeepLast = 2
	p := w.compute(t)
	if !p.Refused() || len(p.Guard.Refusals) < n {
		t.Fatalf("%d refusals, want %d at least", len(p.Guard.Refusals), n)
	}
	return p
}

func TestScale_holdBack(t *testing.T) {
	providertest.Linear(t, 500, func(n int) func() {
		p := losing(t, n)
		return func() { p.HoldBack() }
	})
}

// replacing is a plan that replaces a set of each of n VMs.
func replacing(t *testing.T, n int) *diff.Plan {
	w := newWorld().holds("nas", eachVM(n, 2)...).holds("vmx", eachVM(n, 2)...)
	for i := range n {
		w.options.Replace = append(w.options.Replace, "nas/"+nameOf(i)+"/2000-01-02-010000")
	}
	return w.compute(t)
}

func TestScale_onlyCreate(t *testing.T) {
	providertest.Linear(t, 100, func(n int) func() {
		p := replacing(t, n)
		return func() { p.OnlyCreate() }
	})
}

func TestScale_expand(t *testing.T) {
	for name, plan := range map[string]func(n int) *diff.Plan{
		"deletes of a VM": func(n int) *diff.Plan { return deleting(n, 1).compute(t) },
		"uploads":         func(n int) *diff.Plan { return newWorld().holds("vmx", eachVM(n, 1)...).compute(t) },
	} {
		t.Run(name, func(t *testing.T) {
			providertest.Linear(t, 400, func(n int) func() {
				p := plan(n)
				return func() {
					if _, err := diff.Expand(p, diff.RunPlaceholder); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

func TestScale_planFile(t *testing.T) {
	for name, keep := range map[string]func(n int) int{
		"one set stays":  func(int) int { return 1 },
		"half of them":   func(n int) int { return n / 2 },
		"all but twenty": func(n int) int { return n - 20 },
	} {
		t.Run(name, func(t *testing.T) {
			providertest.Linear(t, 400, func(n int) func() {
				p := deleting(n, keep(n)).compute(t)
				return func() {
					if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

// All deletes of a VM retain the same sets: they are in the file once, and in the plan that
// is read from it with each delete.
func TestOpen_sharesWhatDeletesRetain(t *testing.T) {
	p := deleting(12, 4).compute(t)
	data := sealed(t, p)
	if got := strings.Count(data, p.Changes[0].Retains[0]+`"]`) + strings.Count(data, `"retains":[`); got > 2 || strings.Count(data, `"retains_of"`) != 7 {
		t.Errorf("the deletes do not share what they retain:\n%s", data)
	}
	saved, err := planfile.Open([]byte(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range saved.Plan.Changes {
		if !slices.Equal(c.Retains, p.Changes[i].Retains) || len(c.Retains) != 4 {
			t.Errorf("%s retains %v, want %v", c.Address, c.Retains, p.Changes[i].Retains)
		}
	}
	for name, other := range map[string]string{
		"of a later change": p.Changes[5].Address,
		"of no change":      "nas/Bart/1999-01-01-010000",
	} {
		edited := reseal(t, data, `"retains_of":"`+p.Changes[0].Address+`"`, `"retains_of":"`+other+`"`)
		if _, err := planfile.Open(edited, nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}

// A plan file is read without copies of its text.
func TestScale_openCopiesNothing(t *testing.T) {
	providertest.SkipIfRacing(t) // the race detector lets pools forget what they hold
	data := seal(t, manySets(2_000).compute(t), []byte("key"))
	open := func() {
		if _, err := planfile.Open(data, []byte("key")); err != nil {
			t.Error(err)
		}
	}
	const most = 8 // times its text, of which the plan itself takes some
	if got := float64(providertest.Allocated(open)) / float64(len(data)); got > most {
		t.Errorf("%.1f times as many bytes are allocated as the text has, want %d at most", got, most)
	}
}
