package known_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state/known"
)

var web27 = known.Key{VM: "web01", Time: "2026-11-27-010000"}

func finding(k known.Key, at time.Time) known.Finding {
	return known.NewFinding(k, strings.Repeat("0f", 32), "disk.vmdk", "other sums", "20261128T030000Z-6f1c0e8a2b9d", at)
}

func TestRecord_findings(t *testing.T) {
	r := record()
	r.Note(finding(web27, seen))
	r.Note(finding(known.Key{VM: "dc01", Time: "2026-11-27-010000"}, seen))
	got, err := known.Decode(encoded(t, r))
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, r)
	}
	if f, found := got.Found(web27); !found || f.File != "disk.vmdk" {
		t.Errorf("got %+v, %v", f, found)
	}
	older := got.Clone()
	older.Note(finding(web27, seen.Add(-time.Hour)))
	if !known.SameFacts(got, older) {
		t.Error("an older finding took the place of a newer one")
	}
	got.Drop(web27)
	if _, found := got.Found(web27); found || known.SameFacts(got, older) || len(older.Findings) != 2 {
		t.Errorf("got %+v, its clone %+v", got.Findings, older.Findings)
	}
}

// beforeFindings is a record as it was written before there were findings.
const beforeFindings = `vmxsync.known/1 5b522ecdaaa2823dcfcc85f30ff059fb88760e669f29e94b7b14c69585b2876c
{
 "name": "berlin",
 "run": "20261128T030000Z-6f1c0e8a2b9d",
 "at": "2026-11-28T03:00:00Z",
 "seq": 7,
 "sets": [
  {
   "vm": "dc01",
   "time": "2026-11-28-010000",
   "files": 1,
   "bytes": 9,
   "sha256": "cc"
  }
 ]
}
`

func TestDecode_readsRecordsFromBeforeFindings(t *testing.T) {
	r, err := known.Decode([]byte(beforeFindings))
	if err != nil || len(r.Sets) != 1 || len(r.Findings) != 0 {
		t.Fatalf("got %+v, %v", r, err)
	}
	if again := string(encoded(t, r)); again != beforeFindings {
		t.Errorf("a record without findings is written otherwise than before:\n%s", again)
	}
}

func TestDecode_refusesFindingsThatNoReadingGives(t *testing.T) {
	for name, spoil := range map[string]func(*known.Finding){
		"no manifest":      func(f *known.Finding) { f.Manifest = "" },
		"another":          func(f *known.Finding) { f.Manifest = "\x1b[2J" },
		"no file":          func(f *known.Finding) { f.File = "" },
		"no time":          func(f *known.Finding) { f.At = time.Time{} },
		"no set":           func(f *known.Finding) { f.Time = "yesterday" },
		"a file for ever":  func(f *known.Finding) { f.File = strings.Repeat("x", 5000) },
		"reasons for ever": func(f *known.Finding) { f.Why = strings.Repeat("x", 5000) },
	} {
		r := record()
		r.Note(finding(web27, seen))
		spoil(&r.Findings[0])
		if _, err := known.Decode(encoded(t, r)); !errors.Is(err, known.ErrTorn) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	long := known.NewFinding(web27, strings.Repeat("0f", 32), strings.Repeat("ü", 5000), "\xff"+strings.Repeat("ü", 5000), "", seen)
	r := record()
	r.Note(long)
	if got, err := known.Decode(encoded(t, r)); err != nil || got.Findings[0] != long {
		t.Errorf("what NewFinding makes is not read again: %v", err)
	}
}

// Two records of one age were made without a look at each other: neither may hide
// what the other has found. A newer one has been made by somebody who knew.
func TestNewer_losesNoFinding(t *testing.T) {
	destination, local := record(), record()
	local.Note(finding(web27, seen))
	if _, found := known.Newer(destination, local).Found(web27); !found {
		t.Error("what this machine found is lost")
	}
	if _, found := known.Newer(local, destination).Found(web27); !found {
		t.Error("what stands at the destination is lost")
	}
	destination.Seq++
	if _, found := known.Newer(destination, local).Found(web27); found {
		t.Error("what was accepted since is back")
	}
	if len(destination.Findings) > 0 {
		t.Error("a record was changed")
	}
}

// This machine could not leave its records for two nights, and another one has read a
// copy back meanwhile: the higher number knows nothing of that.
func TestNewer_losesNothingThatWasFoundBeside(t *testing.T) {
	destination, local := record(), record()
	local.Seq++
	local.Verdicts = nil
	destination.Note(finding(web27, seen.Add(time.Hour)))
	doubted := known.Key{VM: "dc01", Time: "2026-11-28-010000"}
	for name, got := range map[string]*known.Record{
		"a higher number here":  known.Newer(destination, local),
		"a higher number there": known.Newer(local, destination),
	} {
		if _, found := got.Found(web27); !found || got.Seq != local.Seq {
			t.Errorf("%s: what the other one has found is lost", name)
		}
		v, judged := got.Verdict(doubted)
		if sound, any := got.Verdict(web27); !judged || v.Why == "" || any {
			t.Errorf("%s: got %+v and %+v, want the doubt alone", name, v, sound)
		}
	}
	if len(local.Findings)+len(local.Verdicts) > 0 {
		t.Error("a record was changed")
	}
}
