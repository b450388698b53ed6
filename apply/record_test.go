package apply_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// record is what nas remembers; nil where there is nothing.
func (w *world) record(t testing.TB, place string) *known.Record {
	t.Helper()
	r, _, err := read.Known(t.Context(), w.stores[place], dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRun_recordsWhatIsComplete(t *testing.T) {
	w := scene(t, "upload and deletes")
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, machine: lock.Here(t.TempDir())})
	must(t, r, err)
	got := w.record(t, "nas")
	if got == nil || got.Run != thisRun || got.Seq != 1 || len(got.Sets) != 2 {
		t.Fatalf("got %+v, want the two sets that stay", got)
	}
	for i, day := range []int{20, 21} {
		s := got.Sets[i]
		if s.Key != key("Bart", day).AsRecorded() || s.Files != 3 || s.Bytes == 0 || len(s.SHA256) != 64 {
			t.Errorf("got %+v", s)
		}
	}
	if r.Known["nas"] == nil || !known.SameFacts(r.Known["nas"], got) {
		t.Errorf("the caller is told %+v", r.Known["nas"])
	}
	if _, err := w.stores["nas"].Stat(t.Context(), dir.Going()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the list of what goes is left: %v", err)
	}
}

// A part that failed is not recorded, what was deleted is not missed, and the rest is.
func TestRun_recordsAfterAFailureInPart(t *testing.T) {
	w := scene(t, "upload and deletes")
	scenes["adopt"](w)
	plan := w.plan(t)
	script := faults.New(faults.FailAlways(faults.On(".vmxsync/staging/Bart~*/set/*", faults.Put), errors.New("no")))
	_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	got := w.record(t, "nas")
	for _, k := range []state.Key{key("Bart", 17), key("Bart", 18), key("Bart", 20), key("Abe", 21)} {
		if _, there := got.Find(k.AsRecorded()); !there {
			t.Errorf("%s is not recorded", k)
		}
	}
	if _, there := got.Find(key("Bart", 21).AsRecorded()); there {
		t.Error("what failed is recorded")
	}
}

// Wherever an apply dies, the next plan misses nothing that it has deleted, and
// still misses what somebody else has.
func TestRun_diesWithoutAFalseAlarm(t *testing.T) {
	for _, start := range []*world{scene(t, "upload and deletes"), scene(t, "upload and deletes").publishInPlace()} {
		seed := start.clone()
		all := seed.plan(t) // a first record, of all five sets
		nas, _ := all.Place("nas")
		plantRecordOf(t, start, nas.Known)
		plan := start.plan(t)
		calls := start.clone().finish(t, plan, &memLog{})
		for i := 0; i < len(calls); i += sparse(1) {
			for _, when := range whens(calls[i]) {
				w := start.clone()
				w.crash(t, plan, &memLog{}, faults.Crash(i, when))
				for _, n := range w.plan(t).Notices {
					if n.Code == "vanished" || n.Code == "record" {
						t.Fatalf("crash %s %s: %s", when, calls[i], n.Text)
					}
				}
				if when != faults.After {
					continue
				}
				inv := w.read(t.Context())["nas"]
				if s, there := inv.Find(key("Bart", 20)); there {
					removeAll(t, w, s)
					if !vanishes(w.plan(t)) {
						t.Fatalf("crash %s %s: nobody misses %s", when, calls[i], s.Key)
					}
				}
			}
		}
	}
}

// Nor does one that dies twice, before any record is written: with the same plan, or
// with another one.
func TestRun_diesTwiceWithoutAFalseAlarm(t *testing.T) {
	start := scene(t, "upload and deletes")
	nas, _ := start.clone().plan(t).Place("nas")
	plantRecordOf(t, start, nas.Known)
	plan := start.plan(t)
	calls := start.clone().finish(t, plan, &memLog{})
	for i := 0; i < len(calls); i += sparse(2) {
		first, log := start.clone(), &memLog{}
		first.crash(t, plan, log, faults.Crash(i, faults.After))
		for name, again := range map[string]*diff.Plan{"the same plan": plan, "a new plan": first.plan(t)} {
			journal := log.clone()
			if again != plan {
				journal = &memLog{}
			}
			more := first.clone().finish(t, again, journal.clone())
			for j := i % sparse(3); j < len(more); j += sparse(3) {
				w := first.clone()
				w.crash(t, again, journal.clone(), faults.Crash(j, faults.After))
				for _, n := range w.plan(t).Notices {
					if n.Code == "vanished" || n.Code == "record" {
						t.Fatalf("crash after %s, then with %s after %s: %s", calls[i], name, more[j], n.Text)
					}
				}
			}
		}
	}
}

// A full place has no room for the list of planned deletes before the first of them.
func TestRun_announcesAgainOnceThereIsRoom(t *testing.T) {
	for _, dies := range []bool{true, false} {
		w := scene(t, "upload and deletes")
		nas, _ := w.clone().plan(t).Place("nas")
		plantRecordOf(t, w, nas.Known)
		script := faults.New(faults.Fail(faults.On(dir.Going(), faults.Put), 0, faults.Before, errors.New("disk full")))
		if dies {
			script = faults.New(
				faults.Fail(faults.On(dir.Going(), faults.Put), 0, faults.Before, errors.New("disk full")),
				faults.CrashOn(faults.On(key("Bart", 18).String(), faults.Rename), 0, faults.After))
		}
		told := 0
		w.apply(t.Context(), w.plan(t), run{id: thisRun, script: script, events: func(e event.Event) {
			if _, ok := e.(event.Unrecorded); ok {
				told++
			}
		}})
		if err := script.AllHit(); err != nil || told != 1 && !dies {
			t.Fatalf("told %d times that something could not be written, %v", told, err)
		}
		for _, n := range w.plan(t).Notices {
			if n.Code == "vanished" || n.Code == "record" {
				t.Errorf("dies: %v: %s", dies, n.Text)
			}
		}
		if going := w.has(t, "nas", dir.Going()); going != dies {
			t.Errorf("dies: %v: the list is there: %v", dies, going)
		}
	}
}

// timeUp is a context whose deadline passes when the test says so.
type timeUp struct {
	context.Context
	passed chan struct{}
	then   []func()
}

func (c *timeUp) Done() <-chan struct{} { return c.passed }

func (c *timeUp) Err() error {
	select {
	case <-c.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// AfterFunc is how contexts that are made from this one learn of its end at once.
func (c *timeUp) AfterFunc(f func()) func() bool {
	c.then = append(c.then, f)
	return func() bool { return true }
}

func (c *timeUp) pass() {
	close(c.passed)
	for _, f := range c.then {
		f()
	}
}

// An apply whose time is up leaves what it has done in the record, for the next one may
// be cut as well; what it was about to delete is still not missed.
func TestRun_recordsWhatIsDoneWhenItsTimeIsUp(t *testing.T) {
	w := scene(t, "upload and deletes")
	scenes["publish, and cleanups"](w)
	nas, _ := w.clone().plan(t).Place("nas")
	plantRecordOf(t, w, nas.Known)
	ctx := &timeUp{Context: t.Context(), passed: make(chan struct{})}
	trashed := faults.New()
	trashed.Observe(func(c faults.Call) {
		if c.Op == faults.Rename && c.Path == key("Bart", 17).String() {
			ctx.pass()
		}
	})
	_, err := w.apply(ctx, w.plan(t), run{id: thisRun, script: trashed, machine: lock.Here(t.TempDir())})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want its time to be up", err)
	}
	got := w.record(t, "nas")
	if _, there := got.Find(key("Bart", 21).AsRecorded()); got.Run != thisRun || !there {
		t.Errorf("got %+v, want the set that has come", got)
	}
	for _, n := range w.plan(t).Notices {
		if n.Code == "vanished" || n.Code == "record" {
			t.Errorf("got %s", n.Text)
		}
	}
}

func vanishes(p *diff.Plan) bool {
	for _, n := range p.Notices {
		if n.Code == "vanished" {
			return true
		}
	}
	return false
}

func removeAll(t *testing.T, w *world, s state.Set) {
	t.Helper()
	remove(t, w.stores["nas"], s.Path)
}

func plantRecordOf(t *testing.T, w *world, r *known.Record) {
	t.Helper()
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	w.plant("nas", dir.Known(), string(data))
}

// Another machine has applied since the plan was made: its record is gone on from.
func TestRun_succeedsTheRecordOfAnotherApply(t *testing.T) {
	w := scene(t, "upload and deletes")
	plan := w.plan(t)
	other := &known.Record{Name: "office", Run: nextRun, At: now(), Seq: 9}
	other.Put(diff.RecordOf(key("Lisa", 20), nil))
	for _, day := range []int{17, 18, 20} {
		other.Put(diff.RecordOf(key("Bart", day), nil))
	}
	plantRecordOf(t, w, other)
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	got := w.record(t, "nas")
	var names []string
	for _, s := range got.Sets {
		names = append(names, s.VM+"/"+s.Time[8:10])
	}
	if want := "Bart/20 Bart/21 Lisa/20"; got.Seq != 10 || strings.Join(names, " ") != want {
		t.Errorf("got %d %v, want 10 %s", got.Seq, names, want)
	}
}

// A record that cannot be written fails nothing, and is reported.
func TestRun_failsNothingForARecord(t *testing.T) {
	w := scene(t, "upload and deletes")
	var told []event.Unrecorded
	script := faults.New(faults.FailAlways(faults.On("*/known.new", faults.Put), errors.New("disk full")))
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: script, events: func(e event.Event) {
		if u, ok := e.(event.Unrecorded); ok {
			told = append(told, u)
		}
	}})
	must(t, r, err)
	if len(told) != 1 || told[0].Destination != "nas" || r.Known["nas"] == nil {
		t.Errorf("got %v, and %+v for this machine", told, r.Known["nas"])
	}
}

// A record that cannot be written is reported, unless an upload to the same destination
// has already failed because it cannot be reached.
func TestRun_reportsAPlaceThatIsAwayOnce(t *testing.T) {
	away := fmt.Errorf("dial: %w", providers.ErrUnreachable)
	for name, c := range map[string]struct {
		upload error
		told   int
	}{
		"the upload failed of it too":           {away, 0},
		"the upload failed of something else":   {errRefused, 1},
		"the uploads went well, and it is away": {nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, "upload and deletes")
			fail := []*faults.Fault{faults.FailAlways(faults.On("*/known.new", faults.Put), away)}
			if c.upload != nil {
				fail = append(fail, faults.FailAlways(faults.On(dir.Claim(key("Bart", 21)), faults.Put), c.upload))
			}
			told := 0
			w.apply(t.Context(), w.plan(t), run{id: thisRun, script: faults.New(fail...), events: func(e event.Event) {
				if _, ok := e.(event.Unrecorded); ok {
					told++
				}
			}})
			if told != c.told {
				t.Errorf("the record is reported %d times, want %d", told, c.told)
			}
		})
	}
}
