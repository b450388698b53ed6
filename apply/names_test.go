package apply_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// narrow is a place that says nothing of its limits, and has some.
type narrow struct {
	providers.Store
	most    int    // bytes of a name
	refuses string // characters
	err     error
}

func (n narrow) Put(ctx context.Context, p string, b providers.Body) error {
	if name := path.Base(p); len(name) > n.most || strings.ContainsAny(name, n.refuses) {
		return fmt.Errorf("put %s: %w", p, n.err)
	}
	return n.Store.Put(ctx, p, b)
}

// recoding is a place that stores what is not ASCII as another name.
type recoding struct{ providers.Store }

func (r recoding) List(ctx context.Context, dir string) ([]providers.File, error) {
	files, err := r.Store.List(ctx, dir)
	for i := range files {
		files[i].Path = strings.ReplaceAll(files[i].Path, "ö", "Ã¶")
	}
	return files, err
}

// named is a world in which the last file to be sent of Bart's new set has a name
// of this kind.
func named(t *testing.T, name string) *world {
	w := scene(t, chainScene)
	w.plant("vms", key("Bart", 21).String()+"/sub/z/"+name, "the last")
	return w
}

func (w *world) applyAt(t *testing.T, nas providers.Store) (outcome.Result, error) {
	t.Helper()
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": nas}
	return apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Now: now})
}

func TestRun_nameThatThePlaceCannotHoldIsAnErrorBeforeThePayload(t *testing.T) {
	long := strings.Repeat("n", 176)
	for name, c := range map[string]struct {
		file string
		nas  func(providers.Store) providers.Store
		says string
	}{
		"too long":  {long, func(s providers.Store) providers.Store { return narrow{s, 175, "", errors.New("553 not allowed")} }, "cannot store the name \"nnn"},
		"character": {"what?.log", func(s providers.Store) providers.Store { return narrow{s, 255, "?", fs.ErrNotExist} }, "cannot store the name \"what?.log\""},
		"device":    {"nul.log", func(s providers.Store) providers.Store { return narrow{s, 255, "u", providers.ErrName} }, "cannot store the name \"nul.log\""},
		"respelled": {"Größe.log", func(s providers.Store) providers.Store { return recoding{s} }, "lists the name \"Größe.log\" in another spelling"},
	} {
		t.Run(name, func(t *testing.T) {
			w := named(t, c.file)
			r, err := w.applyAt(t, c.nas(w.stores["nas"]))
			if !errors.Is(err, apply.ErrPartial) {
				t.Fatalf("got %v, want ErrPartial", err)
			}
			wantFailure(t, r, bart21, c.says)
			if failed := r.Failures()[0].Err; !errors.Is(failed, providers.ErrName) || providers.Hint(failed) == "" {
				t.Errorf("got %v, want ErrName with a way out", failed)
			}
			if r.Uploaded != 0 || w.has(t, "nas", dir.Staged(key("Bart", 21))) {
				t.Errorf("%d bytes were sent, staged: %v, want none", r.Uploaded, w.has(t, "nas", dir.Staged(key("Bart", 21))))
			}
			w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
		})
	}
}

// The disk is another one than when the plan was made, and says what it holds.
func TestRun_limitsAreAskedAgain(t *testing.T) {
	w := named(t, strings.Repeat("n", 144))
	plan := w.plan(t)
	script := limited{w.stores["nas"], providers.Limits{NameBytes: 143}}
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": script}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart21, "a name of 144 bytes, but the place allows at most 143")
	if r.Uploaded != 0 || w.has(t, "nas", dir.Claim(key("Bart", 21))) {
		t.Errorf("%d bytes were sent, and a claim: %v", r.Uploaded, w.has(t, "nas", dir.Claim(key("Bart", 21))))
	}
}

// limited is a place that says what names it holds.
type limited struct {
	providers.Store
	limits providers.Limits
}

func (l limited) Traits() providers.Traits {
	traits := l.Store.Traits()
	traits.Limits = l.limits
	return traits
}

// A run that was killed between its claim and the tries has left a claim that the
// next one goes on with.
func TestRun_continuedUploadTriesItsNamesToo(t *testing.T) {
	w := scene(t, "continue what an earlier run began")
	w.plant("vms", key("Marge", 21).String()+"/what?.log", "")
	claim := state.Claim{Kind: state.UploadClaim, Key: key("Marge", 21), Run: oldRun, Files: []state.File{
		{Path: flat, Size: int64(len(content(key("Marge", 21))[flat])), ModTime: yesterday()},
		{Path: "empty.log", ModTime: yesterday()},
		{Path: "sub/machine.vmx", Size: int64(len(content(key("Marge", 21))["sub/machine.vmx"])), ModTime: yesterday()},
		{Path: "what?.log", ModTime: yesterday()},
	}}
	w.plant("nas", dir.Claim(key("Marge", 21)), string(claim.Encode()))
	if plan := w.plan(t); plan.Changes[0].Mode != diff.Resume {
		t.Fatalf("the upload does not go on: %s", plan.Changes[0].Mode)
	}
	r, _ := w.applyAt(t, narrow{w.stores["nas"], 255, "?", fs.ErrInvalid})
	wantFailure(t, r, "nas/Marge/2026-11-21-010000", "cannot store the name")
	if r.Uploaded != 0 || !w.has(t, "nas", dir.StagedSet(key("Marge", 21))+"/"+flat) {
		t.Errorf("%d bytes were sent, want none, and the part to stay", r.Uploaded)
	}
}

// What is tried leaves nothing, and goes well where the place holds it.
func TestRun_doubtfulNamesAreSent(t *testing.T) {
	for _, name := range []string{strings.Repeat("n", 200), "what?.log", "nul.log", "Größe.log"} {
		w := named(t, name)
		r, err := w.applyAt(t, w.stores["nas"])
		must(t, r, err)
		if !w.has(t, "nas", key("Bart", 21).String()+"/sub/z/"+name) || w.has(t, "nas", dir.Staged(key("Bart", 21))) {
			t.Errorf("%s: it did not arrive, or something is left in staging", name)
		}
	}
}

// TestRun_crashAmongDoubtfulNames stops the tries, too.
func TestRun_crashAmongDoubtfulNames(t *testing.T) {
	w := newWorld(t, 2)
	w.owned("nas")
	k := key("Bart", 21)
	w.local(k)
	for _, name := range []string{strings.Repeat("n", 200), "what?.log", "Größe.log"} {
		w.plant("vms", k.String()+"/"+name, "text")
	}
	x, tries := newTrial(t, w), 0
	for i, c := range x.calls {
		if path.Dir(c.Path) != dir.Staged(k) || c.Path == dir.Claim(k) {
			continue
		}
		tries++
		for _, when := range whens(c) {
			x.crashOnce(t, i, when, x.ways())
		}
	}
	if want := 3 * 2; tries < want {
		t.Errorf("%d calls try names, want %d", tries, want)
	}
}
