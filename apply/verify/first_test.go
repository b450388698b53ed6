package verify_test

import (
	"bytes"
	"errors"
	"io"
	"path"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// adopt takes the checksums of a set away, as if it had been adopted.
func (p *place) adopt(k state.Key) *state.Manifest {
	p.t.Helper()
	name := path.Join(k.VM, string(k.Stamp), state.ManifestName)
	m, err := state.ParseManifest(p.content(name))
	if err != nil {
		p.t.Fatal(err)
	}
	m.NoSums, m.Verified, m.Blocks = true, state.Adopted, nil
	for i := range m.Files {
		m.Files[i].SHA256 = ""
	}
	p.put(name, m.Encode())
	return m
}

// found are the checksums that a first reading has recorded, and whether the next plan looks
// at the set.
func (p *place) found(m *state.Manifest) (sums []state.FileProof, noted bool) {
	p.t.Helper()
	proof := read.Proofs(p.t.Context(), p.Store, work, func(state.Key) bool { return true }).Proofs[m.Key]
	_, err := p.Stat(p.t.Context(), work.First(m.Key))
	return proof.FirstSums(m), err == nil
}

func TestRun_firstReadingFindsTheSums(t *testing.T) {
	p := newPlace(t)
	k := p.add("Bart", "2026-11-21-010000", 3*block)
	sums, err := state.ParseManifest(p.content("Bart/2026-11-21-010000/" + state.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	m := p.adopt(k)
	if r := p.run(p.Store, verify.Options{Level: verify.List}); verdicts(r)["Bart"] != verify.NoSums {
		t.Errorf("listed: got %v", verdicts(r))
	}
	if r := p.run(p.Store, verify.Options{}); verdicts(r)["Bart"] != verify.First || r.Bytes != r.Total {
		t.Fatalf("got %v, %d of %d bytes", verdicts(r), r.Bytes, r.Total)
	}
	found, noted := p.found(m)
	if len(found) != len(sums.Files) || !noted {
		t.Fatalf("got %+v, noted %v", found, noted)
	}
	for i, f := range sums.Files {
		if found[i].SHA256 != f.SHA256 {
			t.Errorf("%s: got %s, want %s", f.Path, found[i].SHA256, f.SHA256)
		}
	}
	s := &reader{Store: p.Store}
	if r := p.run(s, verify.Options{Since: now.Add(-time.Hour)}); verdicts(r)["Bart"] != verify.First || len(s.opened) > 0 {
		t.Errorf("again: got %v, opened %q", verdicts(r), s.opened)
	}
}

// Nobody knows which of two readings is right, so the checksums of neither are recorded.
func TestRun_firstReadingsThatDiffer(t *testing.T) {
	p := newPlace(t)
	m := p.adopt(p.add("Bart", "2026-11-21-010000", block))
	p.run(p.Store, verify.Options{})
	p.flip("Bart/2026-11-21-010000/disk.vmdk", 9)
	r := p.run(p.Store, verify.Options{})
	_, damaged := r.Sets[0].Damage()
	if found, noted := p.found(m); damaged || r.Sets[0].Verdict() != verify.Unreadable || found != nil || noted {
		t.Fatalf("got %+v, recorded %+v, noted %v", r.Sets[0].Files, found, noted)
	}
	if r = p.run(p.Store, verify.Options{}); r.Sets[0].Verdict() != verify.First {
		t.Errorf("the next reading: got %+v", r.Sets[0].Files)
	}
}

func TestRun_firstReadingIsContinued(t *testing.T) {
	p := newPlace(t)
	m := p.adopt(p.add("Bart", "2026-11-21-010000", 10*block))
	runs, at := 0, now
	for ; runs < 20; at = at.Add(24 * time.Hour) {
		runs++
		r := p.run(p.Store, verify.Options{MaxBytes: 3 * block, Since: now.Add(-time.Hour), Now: func() time.Time { return at }})
		if found, noted := p.found(m); verdicts(r)["Bart"] == verify.First {
			if len(found) != 2 || !noted {
				t.Errorf("got %+v, noted %v", found, noted)
			}
			break
		} else if found != nil || noted {
			t.Fatalf("run %d of a part: got %+v, noted %v", runs, found, noted)
		}
	}
	if runs != 4 {
		t.Errorf("%d runs", runs)
	}
}

// A reading that was joined from parts, and gives other bytes than the first one, is settled
// by one in one piece.
func TestRun_aPartThatLiesDoesNotWin(t *testing.T) {
	p := newPlace(t)
	m := p.adopt(p.add("Bart", "2026-11-21-010000", 2*block))
	p.run(p.Store, verify.Options{})
	want, _ := p.found(m)
	p.run(p.Store, verify.Options{MaxBytes: block + block/2, Now: func() time.Time { return now.Add(time.Hour) }})
	// a server that begins at the wrong place when it is asked for the rest
	s := &reader{Store: p.Store, change: func(_ string, offset int64, r io.ReadCloser) io.ReadCloser {
		if offset == 0 {
			return r
		}
		rest, _ := io.ReadAll(r)
		return io.NopCloser(bytes.NewReader(random(5, len(rest))))
	}}
	r := p.run(s, verify.Options{Now: func() time.Time { return now.Add(2 * time.Hour) }})
	if got, _ := p.found(m); r.Sets[0].Verdict() != verify.First || got[1].SHA256 != want[1].SHA256 {
		t.Errorf("got %+v, %+v", r.Sets[0].Files, got)
	}
}

// Where the checksums cannot be recorded, they were read in vain, and that is shown.
func TestRun_firstReadingThatCannotBeRecorded(t *testing.T) {
	for _, place := range []string{work.Verified(), work.Staging()} {
		p := newPlace(t)
		m := p.adopt(p.add("Bart", "2026-11-21-010000", block))
		full := faults.Wrap(p.Store, faults.New(faults.FailAlways(faults.On(place+"/*", faults.Put), providers.ErrFull)))
		r := p.run(full, verify.Options{})
		if _, noted := p.found(m); !errors.Is(r.Sets[0].Unrecorded, providers.ErrFull) || noted {
			t.Errorf("%s: got %v, noted %v", place, r.Sets[0].Unrecorded, noted)
		}
	}
}

// A folder that nobody calls a destination has no ledger: its files are compared by size.
func TestRun_noLedgerNoFirstReading(t *testing.T) {
	p := newPlace(t)
	p.adopt(p.add("Bart", "2026-11-21-010000", block))
	s := &reader{Store: p.Store}
	copies := p.copies(s)
	copies[0].Work = ""
	r, err := verify.Run(t.Context(), copies, verify.Options{Level: verify.Read, Now: func() time.Time { return now }})
	if err != nil || r.Sets[0].Verdict() != verify.NoSums || s.bytes > 0 {
		t.Errorf("got %+v, %v, %d bytes", r.Sets, err, s.bytes)
	}
}
