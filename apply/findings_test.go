package apply_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// rot changes a byte of a copy, and nothing else that can be seen.
func (w *world) rot(place string, k state.Key) {
	w.plant(place, k.String()+"/disk-flat.vmdk", "X"+content(k)["disk-flat.vmdk"][1:])
}

// finding is what a reading of a copy at nas has found, as a record has it.
func (w *world) finding(t *testing.T, k state.Key, run string) known.Finding {
	t.Helper()
	m, err := state.ParseManifest([]byte(w.tree(t, "nas")[k.String()+"/"+state.ManifestName]))
	if err != nil {
		t.Fatal(err)
	}
	return known.NewFinding(k.AsRecorded(), m.Identity(), "disk-flat.vmdk", "other sums", run, now().Add(-time.Hour))
}

func failing(p *diff.Plan) string {
	var codes []string
	for _, n := range p.Failures() {
		codes = append(codes, n.Code)
	}
	return strings.Join(codes, " ")
}

// What one run has found, the next plan knows: it keeps the local set, and sends
// it again, also where another machine makes it.
func TestRun_recordsADamagedCopy(t *testing.T) {
	for _, machine := range []*lock.Machine{nil, lock.Here(t.TempDir())} {
		w, plan := pruned(t)
		w.rot("nas", key("Full", 20))
		var told []*known.Record
		r, err := w.apply(t.Context(), plan, run{id: thisRun, machine: machine, recorded: func(p diff.Place, r *known.Record) {
			if p.Name == "nas" {
				told = append(told, r)
			}
		}})
		if !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("got %v, want ErrPartial", err)
		}
		f, found := w.record(t, "nas").Found(key("Full", 20).AsRecorded())
		if !found || f.File != "disk-flat.vmdk" || f.Run != thisRun || !f.At.Equal(now()) || !strings.HasPrefix(f.Why, "its SHA-256 is ") {
			t.Errorf("got %+v", f)
		}
		if len(told) != 1 || !known.SameFacts(told[0], w.record(t, "nas")) || !known.SameFacts(r.Known["nas"], told[0]) {
			t.Errorf("this machine is told %+v, and %+v at the end", told, r.Known["nas"])
		}
		for _, o := range r.Failures() {
			if hint := providers.Hint(o.Err); !strings.Contains(hint, "The next plan sends the set again.") {
				t.Errorf("hint %q", hint)
			}
		}
		next := w.plan(t)
		if got := failing(next); got != "" || len(next.Changes) != 1 || next.Changes[0].Mode != diff.Replace {
			t.Errorf("the next plan fails by %q and has %d changes", got, len(next.Changes))
		}
		if _, found := w.record(t, "usb").Found(key("Full", 20).AsRecorded()); found {
			t.Error("the copy at usb is sound")
		}
	}
}

// A run that dies loses what it was about to write, and nothing that it found before.
func TestRun_losesNoFindingWhereItDies(t *testing.T) {
	start, _ := pruned(t)
	for _, day := range []int{20, 21} {
		start.local(key("Fuller", day))
		start.summed("nas", key("Fuller", day))
		start.summed("usb", key("Fuller", day))
	}
	start.rot("nas", key("Full", 20))
	start.rot("nas", key("Fuller", 20))
	plan := start.plan(t)
	script := faults.New()
	if _, err := start.clone().apply(t.Context(), plan, run{id: thisRun, script: script}); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	var written []int // when each record is the one that is read
	puts := 0
	for i, c := range script.Calls() {
		switch {
		case c.Op == faults.Put && c.Path == dir.NextKnown():
			if puts++; puts == 1 { // there is none before it
				written = append(written, i)
			}
		case c.Op == faults.Remove && c.Path == dir.Known() && puts == len(written)+1:
			written = append(written, i)
		}
	}
	if len(written) < 2 {
		t.Fatalf("%d records were written, want one for each finding", len(written))
	}
	for i := written[0]; i < len(script.Calls()); i += sparse(1) {
		w := start.clone()
		w.crash(t, plan, &memLog{}, faults.Crash(i, faults.After))
		record := w.record(t, "nas")
		_, first := record.Found(key("Full", 20).AsRecorded())
		_, second := record.Found(key("Fuller", 20).AsRecorded())
		if !first || second != (i >= written[1]) {
			t.Fatalf("killed after %s: recorded %v and %v", script.Calls()[i], first, second)
		}
	}
}

// The same plan goes on: it reads nothing of the copy again, keeps the local set, and
// forgets nothing.
func TestRun_goesOnWithWhatItFound(t *testing.T) {
	w, plan := pruned(t)
	w.rot("nas", key("Full", 20))
	log := &memLog{}
	for range 3 {
		if _, err := w.apply(t.Context(), plan, run{id: thisRun, log: log}); !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("got %v, want ErrPartial", err)
		}
		log = log.clone()
	}
	record := w.record(t, "nas")
	if _, found := record.Found(key("Full", 20).AsRecorded()); !found || len(record.Findings) != 1 {
		t.Errorf("got %+v", record.Findings)
	}
	if !w.has(t, "vms", key("Full", 20).String()+"/disk-flat.vmdk") {
		t.Error("the local set is gone")
	}
}

// Between a saved plan and its apply another one has found a copy damaged that is to
// justify the deletes of this plan.
func TestRun_damagedCopyJustifiesNoDelete(t *testing.T) {
	for name, c := range map[string]struct {
		resent bool
		want   error
	}{"damaged": {false, apply.ErrPartial}, "sent again since": {true, nil}} {
		w := scene(t, "upload and deletes")
		plan := w.plan(t)
		record := &known.Record{Name: "office", Run: nextRun, At: now(), Seq: 9}
		f := w.finding(t, key("Bart", 20), nextRun)
		if c.resent {
			f.Manifest = strings.Repeat("0f", 32)
		}
		record.Note(f)
		for _, day := range []int{17, 18, 20} {
			record.Put(diff.RecordOf(key("Bart", day), nil))
		}
		plantRecordOf(t, w, record)
		r, err := w.apply(t.Context(), plan, run{id: thisRun})
		if !errors.Is(err, c.want) {
			t.Fatalf("%s: got %v, want %v", name, err, c.want)
		}
		if c.want != nil {
			wantFailure(t, r, "nas/"+key("Bart", 17).String(), "nas/Bart/2026-11-20-010000 cannot justify this delete: the copy is damaged: disk-flat.vmdk did not match its checksum")
		}
		if there := w.has(t, "nas", key("Bart", 17).String()+"/disk-flat.vmdk"); there != (c.want != nil) {
			t.Errorf("%s: the old set is there: %v", name, there)
		}
		if _, found := w.record(t, "nas").Found(key("Bart", 20).AsRecorded()); !found {
			t.Errorf("%s: what another apply found is forgotten", name)
		}
	}
}

// What a person accepts counts again, and is read again before it lets a local set go.
func TestRun_acceptsADamagedCopyUntilItIsReadAgain(t *testing.T) {
	for name, rotten := range map[string]bool{"mended by hand": false, "still damaged": true} {
		w, plan := pruned(t)
		w.rot("nas", key("Full", 20))
		if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("got %v, want ErrPartial", err)
		}
		if !rotten {
			w.plant("nas", key("Full", 20).String()+"/disk-flat.vmdk", content(key("Full", 20))["disk-flat.vmdk"])
		}
		w.options.Accept = []string{"nas/" + key("Full", 20).String()}
		accepts := w.plan(t)
		if failing(accepts) != "" || len(accepts.Changes) != 1 {
			t.Fatalf("%s: the plan fails by %q and has %d changes", name, failing(accepts), len(accepts.Changes))
		}
		_, err := w.apply(t.Context(), accepts, run{id: nextRun})
		if (err != nil) != rotten {
			t.Fatalf("%s: got %v", name, err)
		}
		f, found := w.record(t, "nas").Found(key("Full", 20).AsRecorded())
		if there := w.has(t, "vms", key("Full", 20).String()+"/disk-flat.vmdk"); found != rotten || there != rotten || found && f.Run != nextRun {
			t.Errorf("%s: recorded %v by %q, the local set is there: %v", name, found, f.Run, there)
		}
	}
}

// -replace sends the set again, and its new copy is judged anew.
func TestRun_replacesADamagedCopy(t *testing.T) {
	w, plan := pruned(t)
	w.rot("nas", key("Full", 20))
	if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	w.options.Replace = []string{"nas/" + key("Full", 20).String()}
	r, err := w.apply(t.Context(), w.plan(t), run{id: nextRun})
	must(t, r, err)
	if got := slurp(t, w.stores["nas"], key("Full", 20).String()+"/disk-flat.vmdk"); got != content(key("Full", 20))["disk-flat.vmdk"] {
		t.Error("the copy is not that of the local set")
	}
	w.options = diff.Options{}
	next := w.plan(t)
	if failing(next) != "" || len(next.Changes) != 1 || next.Changes[0].Mode != diff.Prune {
		t.Errorf("the next plan fails by %q and has %d changes", failing(next), len(next.Changes))
	}
}

// A proof is of the copy that was read: not of one that was sent again since, with
// the same sums.
func TestRun_proofOfAnotherCopyCountsNothing(t *testing.T) {
	for manifest, want := range map[string]int{"": 3 + 3, "its own": 3 + 3, strings.Repeat("0f", 32): 3 + 6} {
		w, plan := pruned(t)
		if manifest == "its own" {
			manifest = w.finding(t, key("Full", 20), "").Manifest
		}
		proof := state.Proof{Key: key("Full", 20), Manifest: manifest}
		for name, text := range content(key("Full", 20)) {
			proof = proof.With(state.FileProof{Path: name, Size: int64(len(text)), SHA256: sha(text), At: now().Add(-time.Hour), Level: state.ReadProof})
		}
		w.plant("nas", dir.Proof(key("Full", 20)), string(proof.Encode()))
		for i := range plan.Changes {
			if plan.Changes[i].Mode == diff.Prune {
				plan.Changes[i].ProvenSince = now().Add(-24 * time.Hour)
			}
		}
		script := faults.New()
		r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
		must(t, r, err)
		if got := opened(script, key("Full", 20)); got != want {
			t.Errorf("manifest %q: %d files were read, want %d", manifest, got, want)
		}
	}
}

// A file that is not what it was is read from its beginning the next time, whatever
// was read or proven of it before.
func TestRun_damagedCopyHasNoProof(t *testing.T) {
	w, plan := pruned(t)
	k := key("Full", 20)
	text := content(k)["disk-flat.vmdk"]
	w.plant("nas", dir.Proof(k), string(state.Proof{Key: k}.With(state.FileProof{
		Path: "disk-flat.vmdk", Size: int64(len(text)), SHA256: sha(text), At: now().Add(-time.Hour), Level: state.ReadProof,
	}).Encode()))
	w.rot("nas", k)
	if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	for _, f := range w.proofs(t, "nas", k) {
		if f.Path == "disk-flat.vmdk" && (f.Level != "" || f.Offset > 0) {
			t.Errorf("got %+v", f)
		}
	}
}
