package apply_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// referee lets one of several applies make one call at a time, in an order that
// a seed decides.
type referee struct {
	random *rand.Rand
	asks   chan *player
	ends   chan *player
}

type player struct {
	*referee
	name string
	turn chan struct{}
}

func newReferee(seed uint64) *referee {
	return &referee{rand.New(rand.NewPCG(seed, 0)), make(chan *player), make(chan *player)}
}

func (r *referee) player(name string) *player { return &player{r, name, make(chan struct{})} }

// play starts all and returns when all have ended.
func (r *referee) play(players map[*player]func()) {
	for p, do := range players {
		go func() {
			p.wait()
			do()
			r.ends <- p
		}()
	}
	waiting := []*player{}
	for running := len(players); ; {
		for len(waiting) < running {
			select {
			case p := <-r.asks:
				waiting = append(waiting, p)
			case <-r.ends:
				running--
			}
		}
		if running == 0 {
			return
		}
		i := r.random.IntN(len(waiting))
		next := waiting[i]
		waiting = append(waiting[:i], waiting[i+1:]...)
		next.turn <- struct{}{}
	}
}

// wait asks for a turn and waits for it.
func (p *player) wait() {
	p.asks <- p
	<-p.turn
}

// gated is a store whose calls wait for their turn. What it puts may be written
// piece by piece, and each piece waits for its turn, too.
type gated struct {
	providers.Store
	by     *player
	server *mem.Store // that Store leads to; nil: a put is whole at once
	see    func(faults.Call)
}

func (g gated) List(ctx context.Context, dir string) ([]providers.File, error) {
	g.by.wait()
	return g.Store.List(ctx, dir)
}

func (g gated) Stat(ctx context.Context, p string) (providers.File, error) {
	g.by.wait()
	return g.Store.Stat(ctx, p)
}

func (g gated) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	g.by.wait()
	return g.Store.Open(ctx, p, offset)
}

func (g gated) Put(ctx context.Context, p string, b providers.Body) error {
	g.by.wait()
	if g.server == nil {
		return g.Store.Put(ctx, p, b)
	}
	file, err := g.server.Begin(p)
	g.see(faults.Call{Op: faults.Put, Path: p})
	if err != nil {
		return err
	}
	content, err := whole(b) // the source has one session, which nobody may hold while he waits
	for half := (len(content) + 1) / 2; err == nil && len(content) > 0; {
		n := min(half, len(content))
		if _, err = file.Write(content[:n]); err == nil {
			g.see(faults.Call{Op: faults.Put, Path: p})
		}
		if content = content[n:]; len(content) > 0 {
			g.by.wait()
		}
	}
	return err
}

func whole(b providers.Body) ([]byte, error) {
	r, err := b.Open(0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func (g gated) Rename(ctx context.Context, from, to string) error {
	g.by.wait()
	return g.Store.Rename(ctx, from, to)
}

func (g gated) Remove(ctx context.Context, p string) error {
	g.by.wait()
	return g.Store.Remove(ctx, p)
}

// schedules is how many orders are tried of each pair.
func schedules() uint64 {
	switch {
	case os.Getenv("VMXSYNC_SOAK") != "":
		return 1000
	case providertest.Thin():
		return 2
	}
	return 15
}

// wantSound proves that what counts as complete holds what the source does: not
// its sizes alone.
func (w *world) wantSound(t *testing.T, after any) {
	t.Helper()
	snapshot := w.stores["nas"].Clone() // a call may hold its only session
	for _, k := range sent {
		if _, err := snapshot.Stat(t.Context(), k.String()+"/"+state.ManifestName); err != nil {
			continue
		}
		sets, err := read.Group(t.Context(), snapshot, w.spec.Destinations[0].Layout, work, k.VM)
		if err != nil {
			t.Error(err)
		}
		for _, s := range read.Manifests(t.Context(), snapshot, sets) {
			if s.Key != k || s.State != state.Complete {
				continue
			}
			for name, want := range content(k) {
				if got, err := readText(t.Context(), snapshot, k.String()+"/"+name); err != nil || got != want {
					t.Errorf("after %s: %s/%s holds %.60q (%v), and counts", after, k, name, got, err)
				}
			}
		}
	}
}

// sent are the sets that rivals send.
var sent = []state.Key{key("Bart", 21), key("Bart", 22), key("Tight", 21), key("Tight", 22), key("Maggie", 21), key("Moe", 21)}

func readText(ctx context.Context, store providers.Store, p string) (string, error) {
	r, err := store.Open(ctx, p, 0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}

// rivals is a world in which two VMs have a new set each and old ones that go,
// and a third has half a set that is replaced.
func rivals(t *testing.T, publish string) *world {
	w := newWorld(t, 2)
	w.owned("nas")
	for _, vm := range []string{"Bart", "Tight"} {
		w.local(key(vm, 21))
		for _, day := range []int{17, 18, 20} {
			w.complete("nas", key(vm, day).String(), key(vm, day))
		}
	}
	w.plant("nas", "readme.txt", "foreign")
	if publish == "in place" { // nothing is replaced there
		return w.publishInPlace()
	}
	scenes["replace"](w)
	return w
}

// rivalPlans are what the second of two applies may be at.
var rivalPlans = map[string]func(w *world, t *testing.T, first *diff.Plan) (*diff.Plan, string){
	"same plan": func(_ *world, _ *testing.T, first *diff.Plan) (*diff.Plan, string) { return first, thisRun },
	"fresh plan": func(w *world, t *testing.T, _ *diff.Plan) (*diff.Plan, string) {
		return w.plan(t), nextRun
	},
	"plan of the next night": func(w *world, t *testing.T, _ *diff.Plan) (*diff.Plan, string) {
		later := w.clone()
		for _, vm := range []string{"Bart", "Tight"} {
			later.local(key(vm, 22))
			w.local(key(vm, 22))
		}
		return later.plan(t), nextRun
	},
	"plan of another policy": func(w *world, t *testing.T, _ *diff.Plan) (*diff.Plan, string) {
		other := w.clone()
		spec := *w.spec
		spec.Policies = []config.Policy{{Name: "standard", KeepLast: 1, MinKeep: minKeep, Pins: []config.Pin{{Key: key("Bart", 17)}}}, spec.Policies[1]}
		other.spec = &spec
		return other.plan(t), nextRun
	},
}

// TestRun_rivalsPublishNothingHalf has two applies without locks work on one
// destination, of the same plan and of two plans, in many orders: at every
// instant what is visible is whole and min_keep sets stay, nothing foreign is
// touched, and what one of them failed at, a fresh plan mends. In place, half a
// set is visible by nature, and has no manifest.
func TestRun_rivalsPublishNothingHalf(t *testing.T) {
	compete(t, func(o *watch, c faults.Call) { o.see(c) }, false)
}

// TestRun_rivalsThatWritePiecemeal has two applies write to the same files as
// servers let them: each into what it has opened, also while the other empties,
// publishes or deletes it. Without a lock one may truncate what the other is
// about to publish. Then the set is visible and does not fit its manifest: it
// never counts with other bytes than were sent, and min_keep sets stay whole.
func TestRun_rivalsThatWritePiecemeal(t *testing.T) {
	compete(t, func(o *watch, c faults.Call) { o.seeFloor(c, o.look()) }, true)
}

func compete(t *testing.T, see func(*watch, faults.Call), piecemeal bool) {
	for name, second := range rivalPlans {
		for _, publish := range []string{"rename", "in place"} {
			t.Run(name+", "+publish, func(t *testing.T) {
				t.Parallel()
				var seen, sound sync.Map // many orders come to the same files
				for seed := range schedules() {
					t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
						w := rivals(t, publish)
						w.seen = &seen
						plan := w.plan(t)
						other, run := second(w, t, plan)
						w.compete(t, seed, plan, other, run, piecemeal, func(o *watch, c faults.Call) {
							see(o, c)
							if _, tried := sound.LoadOrStore(w.digest(), true); !tried {
								w.wantSound(t, c)
							}
						})
						w.wantMended(t)
					})
				}
			})
		}
	}
}

// wantMended proves that a fresh plan mends what two applies have left.
func (w *world) wantMended(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	w.converge(t)
	if w.inPlace() {
		w.deleteDamaged(t)
	}
	newWatch(t, w).look().each(func(place string, s state.Set) {
		if s.State != state.Complete {
			t.Errorf("%s/%s stays %s", place, s.Key, s.State)
		}
	})
	w.wantSound(t, "fresh plans")
	if got := w.tree(t, "nas")["readme.txt"]; got != "foreign" {
		t.Errorf("the foreign file holds %q", got)
	}
}

// deleteDamaged does what a plan tells of damaged sets where nothing can be replaced: in
// place, two writers at once may leave a torn manifest.
func (w *world) deleteDamaged(t *testing.T) {
	t.Helper()
	var damaged []string
	newWatch(t, w).look().each(func(place string, s state.Set) {
		if s.State == state.Damaged {
			damaged = append(damaged, state.Address(place, s.Key))
		}
	})
	options := w.options
	for _, address := range damaged {
		command := "vmxsync plan -destroy -target=" + address + " -out=plan.out"
		if !slices.ContainsFunc(w.plan(t).Notices, func(n diff.Notice) bool { return strings.Contains(n.Text, command) }) {
			t.Errorf("%s is damaged, and no notice has %q", address, command)
		}
		w.options = diff.Options{Destroy: true, Target: []string{address}}
		r, err := w.apply(t.Context(), w.plan(t), run{id: strings.Replace(nextRun, "T13", "T19", 1)})
		must(t, r, err)
		w.options = options
		w.converge(t)
	}
}

// compete applies both plans at once, under observation.
func (w *world) compete(t *testing.T, seed uint64, one, other *diff.Plan, run string, piecemeal bool, look func(*watch, faults.Call)) {
	t.Helper()
	r := newReferee(seed)
	o := newWatch(t, w)
	players := map[*player]func(){}
	for i, plan := range []*diff.Plan{one, other} {
		p := r.player(fmt.Sprint(i))
		script := faults.New()
		see := func(c faults.Call) { look(o, c) }
		script.Observe(see)
		stores := map[string]providers.Store{"vms": w.stores["vms"]} // a put reads it, and has its turn
		for _, name := range []string{"nas", "usb"} {
			server := w.stores[name]
			if !piecemeal {
				server = nil
			}
			stores[name] = gated{faults.Wrap(w.stores[name], script), p, server, see}
		}
		id := thisRun
		if i == 1 {
			id = run
		}
		players[p] = func() {
			_, err := apply.Run(t.Context(), plan, apply.Options{Run: id, Stores: stores, Parallelism: 1, Now: now})
			if err != nil && !errors.Is(err, apply.ErrPartial) && !errors.Is(err, apply.ErrStale) && !errors.Is(err, apply.ErrApplied) {
				t.Errorf("apply %d ends with %v", i, err)
			}
		}
	}
	r.play(players)
}
