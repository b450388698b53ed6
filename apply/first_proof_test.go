package apply_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// proving is a store that proves the files that it was sent.
type proving struct {
	providers.Store
	how string
}

func (s proving) Unwrap() providers.Store { return s.Store }

func (s proving) Verification() string { return s.how }

func (s proving) Verify(context.Context, string, providers.Body, string) error { return nil }

// sendProving applies the plan of a world with one set to send, to a destination that proves
// what it was sent in that way.
func sendProving(t *testing.T, w *world, how string, script *faults.Script) {
	t.Helper()
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
	for name, s := range w.stores {
		opts.Stores[name] = faults.Wrap(s, script)
	}
	opts.Stores["nas"] = proving{opts.Stores["nas"], how}
	_, err := apply.Run(t.Context(), w.plan(t), opts)
	if err != nil && !script.Crashed() {
		t.Fatal(err)
	}
}

// provenAt is how the set was proven, by the manifest that stands there.
func (w *world) provenAt(t *testing.T, k state.Key) string {
	t.Helper()
	all := w.tree(t, "nas")
	text, proven := all[dir.Proof(k)]
	if !proven {
		return ""
	}
	p, err := state.ParseProof([]byte(text))
	if err != nil {
		return err.Error()
	}
	m, err := state.ParseManifest([]byte(all[path.Join(k.String(), state.ManifestName)]))
	if err != nil {
		return "proven, and " + err.Error()
	}
	return p.Proven(m).String()
}

// An upload whose files were proven by more than their size is the first proof of its set,
// at the cost of one file.
func TestRun_provenUploadIsTheFirstProof(t *testing.T) {
	k := key("Bart", 21)
	for _, publish := range []config.Publish{config.ByRename, config.InPlace} {
		calls := map[string]int{}
		for how, want := range map[string]string{providers.VerifySize: "", providers.VerifyHash: "server 2026-11-22", providers.VerifyReadback: "read 2026-11-22"} {
			w := newWorld(t, 2)
			w.spec.Destinations[0].Publish = publish
			w.owned("nas")
			w.local(k)
			script := faults.New()
			sendProving(t, w, how, script)
			if got := w.provenAt(t, k); got != want {
				t.Errorf("%s, %s: got %q, want %q", publish, how, got, want)
			}
			for _, c := range script.Calls() {
				if c.Op == faults.Put {
					calls[how]++
				}
			}
		}
		if more := calls[providers.VerifyReadback] - calls[providers.VerifySize]; more != 1 {
			t.Errorf("%s: %d more files are written, want 1", publish, more)
		}
	}
}

// No crash leaves a proof of a set that was not published, and a proof that the place
// refuses fails no upload.
func TestRun_proofOnlyOfWhatIsPublished(t *testing.T) {
	k := key("Bart", 21)
	start := newWorld(t, 2)
	start.owned("nas")
	start.local(k)
	whole := faults.New()
	sendProving(t, start.clone(), providers.VerifyReadback, whole)
	proven := 0
	for i := range whole.Calls() {
		for _, when := range []faults.When{faults.Before, faults.Middle, faults.After} {
			w := start.clone()
			sendProving(t, w, providers.VerifyReadback, faults.New(faults.Crash(i, when)))
			switch got := w.provenAt(t, k); {
			case got == "read 2026-11-22":
				proven++
			case strings.HasPrefix(got, "proven, and"):
				t.Errorf("crash %s %s: %s", when, whole.Calls()[i], got)
			}
		}
	}
	if proven == 0 {
		t.Error("no crash was behind the proof")
	}

	w := start.clone()
	refused := faults.FailAlways(faults.On(dir.Proof(k), faults.Put), errors.New("550 no"))
	script := faults.New(refused)
	sendProving(t, w, providers.VerifyReadback, script)
	if err := script.AllHit(); err != nil || w.provenAt(t, k) != "" || !w.has(t, "nas", path.Join(k.String(), state.ManifestName)) {
		t.Errorf("got %q, %v", w.provenAt(t, k), err)
	}
}
