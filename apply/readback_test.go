package apply_test

import (
	"context"
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// proofs are the files that a copy of a set was proven for.
func (w *world) proofs(t *testing.T, place string, k state.Key) []state.FileProof {
	t.Helper()
	p, err := state.ParseProof([]byte(w.tree(t, place)[dir.Proof(k)]))
	if err != nil {
		t.Fatalf("%s: %v", place, err)
	}
	return p.Files
}

// A byte that changed at a destination after the upload: the local set is the last
// good one.
func TestRun_damagedCopyKeepsTheLocalSet(t *testing.T) {
	for _, place := range []string{"nas", "usb"} {
		w, plan := pruned(t)
		rotten := "X" + content(key("Full", 20))["disk-flat.vmdk"][1:]
		w.plant(place, key("Full", 20).String()+"/disk-flat.vmdk", rotten)
		before := w.tree(t, "vms")
		r, err := w.apply(t.Context(), plan, run{id: thisRun})
		if !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("%s: got %v, want ErrPartial", place, err)
		}
		wantFailure(t, r, full20, fmt.Sprintf("%s/Full/2026-11-20-010000: disk-flat.vmdk: the copy is damaged", place))
		after := w.tree(t, "vms")
		for p, text := range before {
			if strings.HasPrefix(p, key("Full", 20).String()) && after[p] != text {
				t.Errorf("%s: %s is not as it was", place, p)
			}
		}
	}
}

// A copy that cannot be read proves nothing.
func TestRun_unreadableCopyKeepsTheLocalSet(t *testing.T) {
	w, plan := pruned(t)
	unreadable := faults.FailAlways(faults.On(key("Full", 20).String()+"/sub/machine.vmx", faults.Open), errRefused)
	before := w.tree(t, "usb")
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: faults.New(unreadable)})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	if len(before) == 0 || !w.has(t, "vms", key("Full", 20).String()+"/sub/machine.vmx") {
		t.Error("the set is gone from the source")
	}
	for _, o := range r.Failures() {
		if o.Address != full20 {
			t.Errorf("%s failed as well: %v", o.Address, o.Err)
		}
	}
}

// opened counts how often files of a copy are read.
func opened(script *faults.Script, k state.Key) (n int) {
	for _, c := range script.Calls() {
		if c.Op == faults.Open && strings.HasPrefix(c.Path, k.String()+"/") && !strings.HasSuffix(c.Path, state.ManifestName) {
			n++
		}
	}
	return n
}

// What was proven within verified_within is not read again, and what was proven
// earlier, or of other bytes, is.
func TestRun_proofsCountForAsLongAsThePlanSays(t *testing.T) {
	const local, copies = 3, 6 // files, at two destinations
	for name, c := range map[string]struct {
		age   time.Duration
		since time.Duration
		sum   string
		want  int
	}{
		"within":          {time.Hour, 24 * time.Hour, "", local},
		"in the future":   {-48 * time.Hour, 24 * time.Hour, "", local + copies}, // of a clock that was wrong
		"too old":         {48 * time.Hour, 24 * time.Hour, "", local + copies},
		"no proof wanted": {time.Hour, 0, "", local + copies},
		"of other bytes":  {time.Hour, 24 * time.Hour, strings.Repeat("a", 64), local + copies},
	} {
		w, plan := pruned(t)
		for _, place := range []string{"nas", "usb"} {
			proof := state.Proof{Key: key("Full", 20)}
			for name, text := range content(key("Full", 20)) {
				f := state.FileProof{Path: name, Size: int64(len(text)), SHA256: c.sum, At: now().Add(-c.age), Level: state.ReadProof}
				if c.sum == "" {
					f.SHA256 = sha(text)
				}
				proof = proof.With(f)
			}
			w.plant(place, dir.Proof(key("Full", 20)), string(proof.Encode()))
		}
		for i := range plan.Changes {
			if c.since > 0 && plan.Changes[i].Mode == diff.Prune {
				plan.Changes[i].ProvenSince = now().Add(-c.since)
			}
		}
		script := faults.New()
		r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
		must(t, r, err)
		if got := opened(script, key("Full", 20)); got != c.want {
			t.Errorf("%s: %d files were read, want %d", name, got, c.want)
		}
		for _, f := range w.proofs(t, "nas", key("Full", 20)) {
			if f.SHA256 != sha(content(key("Full", 20))[f.Path]) {
				t.Errorf("%s: the proof of %s is not that of its bytes", name, f.Path)
			}
		}
	}
}

// What is proven of a set goes with it.
func TestRun_deleteForgetsWhatWasProven(t *testing.T) {
	w := scene(t, chainScene)
	for _, day := range []int{17, 20} {
		w.plant("nas", dir.Proof(key("Bart", day)), "x")
	}
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	if w.has(t, "nas", dir.Proof(key("Bart", 17))) || !w.has(t, "nas", dir.Proof(key("Bart", 20))) {
		t.Error("the proof of the deleted set is there, or that of the other is not")
	}
}

// A reading that was cut goes on behind what was read then, for some days.
func TestRun_readBackGoesOn(t *testing.T) {
	const read = 100
	text := content(key("Full", 20))["disk-flat.vmdk"]
	h := sha256.New()
	h.Write([]byte(text[:read]))
	state100, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for age, want := range map[time.Duration]bool{time.Hour: true, 8 * 24 * time.Hour: false} {
		w, plan := pruned(t)
		proof := state.Proof{Key: key("Full", 20)}.With(state.FileProof{
			Path: "disk-flat.vmdk", Size: int64(len(text)), At: now().Add(-age), Offset: read, Hash: state100,
		})
		w.plant("nas", dir.Proof(key("Full", 20)), string(proof.Encode()))
		// Only a reading from the beginning finds this.
		w.plant("nas", key("Full", 20).String()+"/disk-flat.vmdk", "X"+text[1:])
		_, err := w.apply(t.Context(), plan, run{id: thisRun})
		if went := err == nil; went != want {
			t.Errorf("%s after it was cut it went on: %v (%v), want %v", age, went, err, want)
		}
	}
}

// atBegin is a place that begins a file at its begin, wherever it was asked to.
type atBegin struct{ providers.Store }

func (s atBegin) Unwrap() providers.Store { return s.Store }

func (s atBegin) Open(ctx context.Context, p string, _ int64) (io.ReadCloser, error) {
	return s.Store.Open(ctx, p, 0)
}

// A reading that goes on where the place begins anew puts together what does not
// belong together: no copy is damaged by that.
func TestRun_readBackInPiecesDamagesNothing(t *testing.T) {
	text := content(key("Full", 20))["disk-flat.vmdk"]
	h := sha256.New()
	h.Write([]byte(text[:100]))
	state100, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for _, rotten := range []bool{false, true} {
		w, plan := pruned(t)
		w.plant("nas", dir.Proof(key("Full", 20)), string(state.Proof{Key: key("Full", 20)}.With(state.FileProof{
			Path: "disk-flat.vmdk", Size: int64(len(text)), At: now().Add(-time.Hour), Offset: 100, Hash: state100,
		}).Encode()))
		if rotten {
			w.rot("nas", key("Full", 20))
		}
		opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
		for name, s := range w.stores {
			opts.Stores[name] = s
		}
		opts.Stores["nas"] = atBegin{w.stores["nas"]}
		_, err := apply.Run(t.Context(), plan, opts)
		_, found := w.record(t, "nas").Found(key("Full", 20).AsRecorded())
		if (err != nil) != rotten || found != rotten {
			t.Errorf("rotten: %v, found: %v, %v", rotten, found, err)
		}
	}
}
