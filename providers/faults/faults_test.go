package faults_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

var errCut = errors.New("connection cut")

func TestStore_withoutFaultsKeepsTheLaw(t *testing.T) {
	open := func(*testing.T) providers.Store { return faults.Wrap(mem.New(nil), faults.New()) }
	providertest.Run(t, open, providertest.NoLeaks())
}

// world is a store with one file under script, and what lies below.
func world(t *testing.T, script *faults.Script) (store *faults.Store, below *mem.Store) {
	t.Helper()
	below = mem.New(nil)
	providertest.Fill(t, below, map[string]string{"old": "1234"})
	return faults.Wrap(below, script), below
}

func wantTree(t *testing.T, below providers.Store, want map[string]string) {
	t.Helper()
	other := mem.New(nil)
	providertest.Fill(t, other, want)
	if diff := providertest.Diff(providertest.Tree(t, below), providertest.Tree(t, other)); diff != nil {
		t.Errorf("the store differs: %q", diff)
	}
}

func wantErr(t *testing.T, did string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", did, err, want)
	}
}

func put(t *testing.T, store providers.Store, path, text string) error {
	return store.Put(t.Context(), path, providertest.Text(text))
}

func TestCrash_leavesWhatTheInstantAllows(t *testing.T) {
	for _, test := range []struct {
		when faults.When
		want map[string]string
	}{
		{faults.Before, map[string]string{"old": "1234"}},
		{faults.Middle, map[string]string{"old": "1234", "new": "12"}},
		{faults.After, map[string]string{"old": "1234", "new": "1234"}},
	} {
		script := faults.New(faults.Crash(1, test.when))
		store, below := world(t, script)
		if _, err := store.Stat(t.Context(), "old"); err != nil {
			t.Errorf("before the crash: %v", err)
		}
		wantErr(t, "the call that crashes", put(t, store, "new", "1234"), faults.ErrCrashed)
		wantTree(t, below, test.want)
		if !script.Crashed() || script.AllHit() != nil {
			t.Errorf("crashed %v, %v", script.Crashed(), script.AllHit())
		}
	}
}

func TestCrash_endsAllThatComesAfter(t *testing.T) {
	script := faults.New(faults.Crash(0, faults.Before))
	store, below := world(t, script)
	ctx := t.Context()
	_, list := store.List(ctx, ".")
	_, stat := store.Stat(ctx, "old")
	_, open := store.Open(ctx, "old", 0)
	_, step := script.Step("journal", "started")
	for did, err := range map[string]error{
		"list": list, "stat": stat, "open": open, "step": step,
		"put":    put(t, store, "new", "x"),
		"rename": store.Rename(ctx, "old", "new"),
		"remove": store.Remove(ctx, "old"),
	} {
		wantErr(t, did, err, faults.ErrCrashed)
	}
	wantTree(t, below, map[string]string{"old": "1234"})
	if n := len(script.Calls()); n != 1 {
		t.Errorf("got %d calls, want the one that crashed", n)
	}
}

func TestCrash_breaksOffWhatIsUnderWay(t *testing.T) {
	script := faults.New(faults.CrashOn(faults.On("", faults.Remove), 0, faults.Before))
	store, below := world(t, script)
	r, err := store.Open(t.Context(), "old", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	body := trigger{providertest.Text("1234"), func() { store.Remove(t.Context(), "old") }}
	wantErr(t, "put under way", store.Put(t.Context(), "new", body), faults.ErrCrashed)
	_, err = io.ReadAll(r)
	wantErr(t, "reader under way", err, faults.ErrCrashed)
	wantTree(t, below, map[string]string{"old": "1234", "new": ""})
}

// trigger is a body that does something when it is opened.
type trigger struct {
	providers.Body
	do func()
}

func (b trigger) Open(offset int64) (io.ReadCloser, error) {
	b.do()
	return b.Body.Open(offset)
}

func TestFail_happensOnceAtTheNthMatch(t *testing.T) {
	script := faults.New(faults.Fail(faults.On("*.vmdk", faults.Put), 1, faults.Before, errCut))
	store, below := world(t, script)
	wantErr(t, "no match", put(t, store, "other", "x"), nil)
	wantErr(t, "first match", put(t, store, "a.vmdk", "x"), nil)
	wantErr(t, "second match", put(t, store, "b.vmdk", "x"), errCut)
	wantErr(t, "third match", put(t, store, "c.vmdk", "x"), nil)
	wantTree(t, below, map[string]string{"old": "1234", "other": "x", "a.vmdk": "x", "c.vmdk": "x"})
}

func TestFail_afterLosesTheAnswerOnly(t *testing.T) {
	script := faults.New(faults.Fail(faults.Any, 0, faults.After, errCut))
	store, below := world(t, script)
	wantErr(t, "rename", store.Rename(t.Context(), "old", "new"), errCut)
	wantTree(t, below, map[string]string{"new": "1234"})
}

func TestFail_inTheMiddleOfReading(t *testing.T) {
	script := faults.New(faults.Fail(faults.On("old", faults.Open), 0, faults.Middle, errCut))
	store, _ := world(t, script)
	r, err := store.Open(t.Context(), "old", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if string(got) != "1" || !errors.Is(err, errCut) {
		t.Errorf("got %q, %v, want one byte and %v", got, err, errCut)
	}
}

func TestCrash_inTheMiddleOfReadingHappensHoweverLittleIsRead(t *testing.T) {
	for did, use := range map[string]func(io.ReadCloser) error{
		"reading an empty file": func(r io.ReadCloser) error { _, err := io.ReadAll(r); return err },
		"closing at once":       func(r io.ReadCloser) error { return r.Close() },
	} {
		script := faults.New(faults.Crash(1, faults.Middle))
		store, _ := world(t, script)
		wantErr(t, "put", put(t, store, "empty", ""), nil)
		r, err := store.Open(t.Context(), "empty", 0)
		if err != nil {
			t.Fatal(err)
		}
		wantErr(t, did, use(r), faults.ErrCrashed)
		if !script.Crashed() {
			t.Errorf("%s: the process goes on", did)
		}
		r.Close()
	}
}

func TestFailAlways_happensAtEachMatch(t *testing.T) {
	script := faults.New(faults.FailAlways(faults.On("", faults.List), errCut))
	store, _ := world(t, script)
	for range 3 {
		_, err := store.List(t.Context(), ".")
		wantErr(t, "list", err, errCut)
	}
}

func TestLie_saysDoneAndIsNot(t *testing.T) {
	script := faults.New(
		faults.Lie(faults.On("", faults.Put), 0, faults.Middle),
		faults.Lie(faults.On("", faults.Remove), 0, faults.Before),
	)
	store, below := world(t, script)
	wantErr(t, "put", put(t, store, "new", "1234"), nil)
	wantErr(t, "remove", store.Remove(t.Context(), "old"), nil)
	wantTree(t, below, map[string]string{"old": "1234", "new": "12"})
	wantErr(t, "all hit", script.AllHit(), nil)
}

func TestAllHit_namesWhatNeverHappened(t *testing.T) {
	script := faults.New(faults.Crash(0, faults.After), faults.Crash(99, faults.Middle))
	store, _ := world(t, script)
	put(t, store, "new", "x")
	err := script.AllHit()
	if err == nil || !strings.Contains(err.Error(), "#99") || strings.Contains(err.Error(), "#0") {
		t.Errorf("got %v, want the crash at #99 only", err)
	}
}

func TestAllHit_knowsAFaultHiddenByAnother(t *testing.T) {
	script := faults.New(faults.FailAlways(faults.Any, errCut), faults.Fail(faults.Any, 0, faults.After, errCut))
	store, _ := world(t, script)
	put(t, store, "new", "x")
	if script.AllHit() == nil {
		t.Error("got no error for a fault that another one hid")
	}
}

func TestScript_countsOverStoresAndSteps(t *testing.T) {
	script := faults.New(faults.Crash(3, faults.After))
	a, _ := world(t, script)
	b, _ := world(t, script)
	wantErr(t, "put", put(t, a, "new", "x"), nil)
	after, before := script.Step("journal", "done")
	if before != nil || after() != nil {
		t.Error("a step without a fault has an error")
	}
	wantErr(t, "rename", b.Rename(t.Context(), "old", "new"), nil)
	after, before = script.Step("journal", "done")
	if before != nil {
		t.Fatal(before)
	}
	wantErr(t, "the step that crashes", after(), faults.ErrCrashed)

	var got []string
	for _, c := range script.Calls() {
		got = append(got, c.String())
	}
	want := "#0 put new, #1 journal done, #2 rename old to new, #3 journal done"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestObserve_seesEveryChangeAndNothingElse(t *testing.T) {
	script := faults.New(faults.Crash(5, faults.Middle))
	store, below := world(t, script)
	var seen []string
	script.Observe(func(c faults.Call) {
		tree := providertest.Tree(t, below.Clone())
		if _, ok := tree["new"]; !ok {
			t.Errorf("%s: the change is not to be seen", c)
		}
		seen = append(seen, c.Op)
	})
	ctx := context.WithoutCancel(t.Context())
	store.List(ctx, ".")
	store.Stat(ctx, "old")
	store.Rename(ctx, "old", "new")
	after, _ := script.Step("journal", "done")
	after()
	store.Put(ctx, "more", providertest.Text("x"))
	store.Put(ctx, "half", providertest.Text("1234"))
	store.Remove(ctx, "new")
	if got, want := strings.Join(seen, " "), "rename journal put put"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStore_isTransparentToOptionalInterfaces(t *testing.T) {
	store, below := world(t, faults.New())
	got, ok := providers.As[interface{ Clone() *mem.Store }](store)
	if !ok || got != any(below) {
		t.Error("what lies below is not found")
	}
}
