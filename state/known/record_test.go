package known_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state/known"
)

var seen = time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)

var server = known.Server{
	Certificate: strings.TrimSuffix(strings.Repeat("AB:", 32), ":"), Key: "sha256//" + strings.Repeat("A", 43) + "=",
	From: seen.AddDate(0, -1, 0), Until: seen.AddDate(0, 2, 0), Seen: seen,
}

func record() *known.Record {
	r := &known.Record{Name: "berlin", Run: "20261128T030000Z-6f1c0e8a2b9d", At: seen, Seq: 7, Server: server}
	r.Put(known.Set{Key: known.Key{VM: "web01", Time: "2026-11-27-010000"}, Files: 2, Bytes: 1012, SHA256: "aa", Manifest: "bb"})
	r.Put(known.Set{Key: known.Key{VM: "dc01", Time: "2026-11-28-010000"}, Files: 1, Bytes: 9, SHA256: "cc"})
	r.Put(known.Set{Key: known.Key{VM: "dc01", Time: "2026-11-27-010000"}, Files: 1, Bytes: 9, SHA256: "cc", Seen: seen.AddDate(0, 0, -1)})
	r.Accept(known.Acceptance{Key: known.Key{VM: "web01", Time: "2026-11-27-010000"}, SHA256: "aa"})
	r.SetVerdicts([]known.Verdict{
		{Key: known.Key{VM: "web01", Time: "2026-11-27-010000"}, Of: "aa"},
		{Key: known.Key{VM: "dc01", Time: "2026-11-28-010000"}, Of: "cc", Why: "without disk.vmdk"},
	})
	r.MadeRoom("web01", seen)
	return r
}

func encoded(t testing.TB, r *known.Record) []byte {
	t.Helper()
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDecode_readsWhatEncodeWrote(t *testing.T) {
	want := record()
	got, err := known.Decode(encoded(t, want))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	if got.Held() != 2 || !got.LastSeen(got.Sets[0]).Equal(seen.AddDate(0, 0, -1)) || !got.LastSeen(got.Sets[1]).Equal(seen) {
		t.Errorf("got %d sets, seen at %s and %s", got.Held(), got.LastSeen(got.Sets[0]), got.LastSeen(got.Sets[1]))
	}
}

// A record that was cut at any byte, or of which any byte was changed, is torn.
func TestDecode_refusesWhatIsTorn(t *testing.T) {
	data := encoded(t, record())
	for i := range data {
		if _, err := known.Decode(data[:i]); !errors.Is(err, known.ErrTorn) {
			t.Errorf("cut at %d: got %v", i, err)
		}
		flipped := bytes.Clone(data)
		flipped[i] ^= 0x20
		if _, err := known.Decode(flipped); err == nil {
			t.Errorf("byte %d was changed, and nobody noticed", i)
		}
	}
	newer := append([]byte("vmxsync.known/2 x\n"), data...)
	if _, err := known.Decode(newer); !errors.Is(err, known.ErrNewer) {
		t.Errorf("got %v, want ErrNewer", err)
	}
}

func TestDecode_refusesWhatNoReadingGives(t *testing.T) {
	for name, spoil := range map[string]func(*known.Record){
		"a VM with a slash": func(r *known.Record) { r.Sets[0].VM = "a/b" },
		"no VM":             func(r *known.Record) { r.Sets[0].VM = "" },
		"no time":           func(r *known.Record) { r.Sets[0].Time = "2026-02-30-010000" },
		"a set twice":       func(r *known.Record) { r.Sets[1] = r.Sets[0] },
		"no order":          func(r *known.Record) { r.Sets[0], r.Sets[1] = r.Sets[1], r.Sets[0] },
		"negative bytes":    func(r *known.Record) { r.Sets[0].Bytes = -1 },
		"a negative number": func(r *known.Record) { r.Seq = -1 },
		"no certificate":    func(r *known.Record) { r.Server.Certificate = "\x1b[2J" },
		"a short one":       func(r *known.Record) { r.Server.Certificate = "AB:AB" },
		"no key":            func(r *known.Record) { r.Server.Key = "" },
		"another key":       func(r *known.Record) { r.Server.Key = "sha256//AAAA" },
		"a verdict twice":   func(r *known.Record) { r.Verdicts[1] = r.Verdicts[0] },
		"one of nothing":    func(r *known.Record) { r.Verdicts[0].Of = "" },
		"one that is long":  func(r *known.Record) { r.Verdicts[0].Why = strings.Repeat("x", 5000) },
		"room of no VM":     func(r *known.Record) { r.Room[0].VM = "" },
		"room twice":        func(r *known.Record) { r.Room = append(r.Room, r.Room[0]) },
		"what was accepted": func(r *known.Record) { r.Accepted[0].Time = "" },
	} {
		r := record()
		spoil(r)
		if _, err := known.Decode(encoded(t, r)); !errors.Is(err, known.ErrTorn) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNewer_isTheOneThatKnowsOfTheOther(t *testing.T) {
	of := func(seq int64, run string) *known.Record { return &known.Record{Seq: seq, Run: run} }
	for name, c := range map[string]struct{ there, here, want *known.Record }{
		"none":            {nil, nil, nil},
		"another machine": {of(9, "b"), of(4, "a"), of(9, "b")},
		"a restored one":  {of(4, "a"), of(9, "a"), of(9, "a")},
		"a lost one":      {nil, of(9, "a"), of(9, "a")},
		"a new machine":   {of(9, "a"), nil, of(9, "a")},
		"of two at once":  {of(9, "b"), of(9, "a"), of(9, "b")},
	} {
		if got := known.Newer(c.there, c.here); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestRecord_forgetsWhatItDrops(t *testing.T) {
	r, k := record(), known.Key{VM: "web01", Time: "2026-11-27-010000"}
	if !r.Accepts(k, "aa") || r.Accepts(k, "ab") {
		t.Error("an acceptance is of one content")
	}
	r.Drop(k)
	if _, there := r.Find(k); there || r.Accepts(k, "aa") || len(r.Sets) != 2 {
		t.Errorf("got %+v", r)
	}
	if known.SameFacts(r, record()) || !known.SameFacts(record(), record().Clone()) {
		t.Error("facts are compared wrongly")
	}
}

func TestRecord_saysAllThatAnotherSays(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*known.Record)
		same   bool
	}{
		"nothing":                {func(*known.Record) {}, true},
		"a verdict less":         {func(r *known.Record) { r.Verdicts = r.Verdicts[:1] }, true},
		"a verdict of another":   {func(r *known.Record) { r.Verdicts[0].Of = "dd" }, false},
		"a verdict with another": {func(r *known.Record) { r.Verdicts[0].Why = "" }, false},
		"a verdict more": {func(r *known.Record) {
			r.SetVerdicts(append(r.Verdicts, known.Verdict{Key: known.Key{VM: "a", Time: "2026-11-27-010000"}, Of: "aa"}))
		}, false},
		"room that was taken": {func(r *known.Record) { r.TookRoom("web01") }, false},
		"room made again":     {func(r *known.Record) { r.MadeRoom("web01", seen.AddDate(0, 0, 1)) }, true},
		"another place":       {func(r *known.Record) { r.Place = "rented" }, false},
	} {
		now := record().Clone()
		c.change(now)
		if got := known.SameFacts(record(), now); got != c.same {
			t.Errorf("%s: the same facts: %v, want %v", name, got, c.same)
		}
	}
	long := record()
	long.SetVerdicts([]known.Verdict{{Key: long.Sets[0].Key, Of: "aa", Why: strings.Repeat("ä", 5000)}})
	if err := long.Check(); err != nil {
		t.Errorf("a reason that is too long: %v", err)
	}
}

func TestServer_changes(t *testing.T) {
	renewed, other := server, server
	renewed.Certificate = strings.Replace(server.Certificate, "AB", "00", 1)
	other.Certificate, other.Key = renewed.Certificate, strings.Replace(server.Key, "A", "B", 1)
	for _, c := range []struct {
		now, before known.Server
		want        known.Change
	}{
		{server, server, known.Unchanged},
		{renewed, server, known.Renewed},
		{other, server, known.Replaced},
		{other, known.Server{}, known.Unchanged},
		{known.Server{}, server, known.Unchanged},
	} {
		if got := c.now.ChangeFrom(&known.Record{Server: c.before}); got != c.want {
			t.Errorf("%s, and before %s: got %q, want %q", c.now, c.before, got, c.want)
		}
	}
	if got := other.ChangeFrom(nil); got != known.Unchanged {
		t.Errorf("without a record: got %q", got)
	}
	r := record()
	r.Server = renewed
	if known.SameFacts(r, record()) {
		t.Error("a renewed certificate is not recorded")
	}
}

func TestKeys_skipWhatIsCut(t *testing.T) {
	keys := []known.Key{{VM: "dc01", Time: "2026-11-27-010000"}, {VM: "web01", Time: "2026-11-27-010000"}}
	data := known.EncodeKeys(keys)
	if got := known.DecodeKeys(data); !reflect.DeepEqual(got, keys) {
		t.Errorf("got %v", got)
	}
	if got := known.DecodeKeys(data[:len(data)-1]); len(got) != 1 {
		t.Errorf("of a cut list: got %v", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, record()))
	f.Add([]byte("vmxsync.known/1 \n{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := known.Decode(data)
		if err != nil {
			if !errors.Is(err, known.ErrTorn) && !errors.Is(err, known.ErrNewer) {
				t.Errorf("got %v", err)
			}
			return
		}
		again, err := known.Decode(encoded(t, r))
		if err != nil || !known.SameFacts(r, again) {
			t.Errorf("got %+v, %v", again, err)
		}
	})
}

func FuzzDecodeKeys(f *testing.F) {
	f.Add("dc01/2026-11-27-010000\n")
	f.Fuzz(func(t *testing.T, data string) {
		for _, k := range known.DecodeKeys([]byte(data)) {
			if !strings.Contains(data, k.VM+"/"+k.Time+"\n") {
				t.Errorf("%v is not in %q", k, data)
			}
		}
	})
}
