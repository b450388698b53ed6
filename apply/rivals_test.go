package apply_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
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

// gated is a store whose calls wait for their turn.
type gated struct {
	providers.Store
	by *player
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
	return g.Store.Put(ctx, p, b)
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
	if os.Getenv("VMXSYNC_SOAK") != "" {
		return 1000
	}
	return 30
}

// rivals is a world in which two VMs have a new set each and old ones that go.
func rivals(t *testing.T) *world {
	w := newWorld(t, 2)
	w.owned("nas")
	for _, vm := range []string{"Bart", "Tight"} {
		w.local(key(vm, 21))
		for _, day := range []int{17, 18, 20} {
			w.complete("nas", key(vm, day).String(), key(vm, day))
		}
	}
	w.plant("nas", "readme.txt", "foreign")
	return w
}

// TestRun_rivalsPublishNothingHalf has two applies without locks work on one
// destination, of the same plan and of two plans, in many orders: at every
// instant what is visible is whole and min_keep sets stay, nothing foreign is
// touched, and what one of them failed at, a fresh plan mends.
func TestRun_rivalsPublishNothingHalf(t *testing.T) {
	for name, second := range map[string]func(w *world, t *testing.T, first *diff.Plan) (*diff.Plan, string){
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
			spec.Policies = []state.Policy{{Name: "standard", KeepLast: 1, MinKeep: minKeep, Pins: []state.Pin{{Key: key("Bart", 17)}}}, spec.Policies[1]}
			other.spec = &spec
			return other.plan(t), nextRun
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range schedules() {
				w := rivals(t)
				plan := w.plan(t)
				other, run := second(w, t, plan)
				w.compete(t, seed, plan, other, run)
				w.converge(t)
				newWatch(t, w).each(func(place string, s state.Set) {
					if s.State != state.Complete {
						t.Errorf("seed %d: %s/%s stays %s", seed, place, s.Key, s.State)
					}
				})
				if got := w.tree(t, "nas")["readme.txt"]; got != "foreign" {
					t.Fatalf("seed %d: the foreign file holds %q", seed, got)
				}
			}
		})
	}
}

// compete applies both plans at once, under observation.
func (w *world) compete(t *testing.T, seed uint64, one, other *diff.Plan, run string) {
	t.Helper()
	r := newReferee(seed)
	o := newWatch(t, w)
	players := map[*player]func(){}
	for i, plan := range []*diff.Plan{one, other} {
		p := r.player(fmt.Sprint(i))
		script := faults.New()
		script.Observe(o.see)
		stores := map[string]providers.Store{"vms": w.stores["vms"]} // a put reads it, and has its turn
		for _, name := range []string{"nas", "usb"} {
			stores[name] = gated{faults.Wrap(w.stores[name], script), p}
		}
		id := thisRun
		if i == 1 {
			id = run
		}
		players[p] = func() {
			_, err := apply.Run(t.Context(), plan, apply.Options{Run: id, Stores: stores, Parallelism: 1, Now: now})
			if err != nil && !errors.Is(err, apply.ErrPartial) && !errors.Is(err, apply.ErrStale) && !errors.Is(err, apply.ErrApplied) {
				t.Errorf("seed %d: apply %d ends with %v", seed, i, err)
			}
		}
	}
	r.play(players)
	if t.Failed() {
		t.Fatalf("seed %d", seed)
	}
}
