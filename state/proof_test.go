package state_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

func someProof() state.Proof {
	at := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	return state.Proof{Key: state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}}.
		With(state.FileProof{Path: "b", Size: 9, At: at, Offset: 4, Hash: []byte("state")}).
		With(state.FileProof{Path: "a", Size: 7, SHA256: "ab", At: at, Level: state.ReadProof})
}

// The golden form of the format decodes for ever.
func TestProof_format(t *testing.T) {
	const golden = `{"format":"vmxsync.proof/1","address":"Bart/2026-11-21-010000"}
{"path":"a","size":7,"sha256":"ab","at":"2026-11-22T01:00:00Z","level":"read"}
{"path":"b","size":9,"at":"2026-11-22T01:00:00Z","offset":4,"hash":"c3RhdGU="}
`
	if got := string(someProof().Encode()); got != golden {
		t.Errorf("got %s", got)
	}
	read, err := state.ParseProof([]byte(golden))
	if err != nil || !reflect.DeepEqual(read, someProof()) {
		t.Errorf("got %+v, %v", read, err)
	}
}

// A torn line proves less, and a torn head nothing.
func TestParseProof_torn(t *testing.T) {
	whole := someProof().Encode()
	for n := range whole {
		p, err := state.ParseProof(whole[:n])
		if err == nil && len(p.Files) > 1 {
			t.Errorf("%d of %d bytes prove %d files", n, len(whole), len(p.Files))
		}
	}
}

func TestFileProof_proves(t *testing.T) {
	at := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	good := state.FileProof{Path: "a", Size: 7, SHA256: "ab", At: at, Level: state.ReadProof}
	want := state.ManifestFile{Path: "a", Size: 7, SHA256: "ab"}
	if !good.Proves(want, at) || !good.Proves(want, at.Add(-time.Hour)) {
		t.Error("a good proof does not count")
	}
	for name, c := range map[string]func(f *state.FileProof) time.Time{
		"too old":        func(*state.FileProof) time.Time { return at.Add(time.Second) },
		"no proof asked": func(*state.FileProof) time.Time { return time.Time{} },
		"other sum":      func(f *state.FileProof) time.Time { f.SHA256 = "cd"; return at },
		"other size":     func(f *state.FileProof) time.Time { f.Size = 8; return at },
		"cut":            func(f *state.FileProof) time.Time { f.SHA256, f.Level = "", ""; return at },
		"unknown level":  func(f *state.FileProof) time.Time { f.Level = "list"; return at },
	} {
		bad := good
		if since := c(&bad); bad.Proves(want, since) {
			t.Errorf("%s: it counts", name)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	f.Add(someProof().Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := state.ParseProof(data)
		if err != nil {
			return
		}
		again, err := state.ParseProof(p.Encode())
		if err != nil || len(again.Files) != len(p.Files) {
			t.Errorf("what was read does not read back: %v", err)
		}
	})
}

// A reading that is cut takes no proof away, and is continued for a week.
func TestFileProof_Cut(t *testing.T) {
	at := time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC)
	now := at.AddDate(0, 1, 0)
	file := state.ManifestFile{Path: "disk", Size: 100, SHA256: strings.Repeat("a", 64)}
	was := state.FileProof{Path: "disk", Size: 100, SHA256: file.SHA256, At: at, Level: state.ReadProof}
	for name, c := range map[string]struct {
		was    state.FileProof
		proves bool
	}{
		"never proven":           {state.FileProof{}, false},
		"proven":                 {was, true},
		"proven, and cut before": {was.Cut(file, 40, []byte("x"), now.AddDate(0, 0, -1)), true},
		"found damaged":          {state.FileProof{Path: "disk", Size: 100, At: at}, false},
		"proven of another copy": {state.FileProof{Path: "disk", Size: 100, SHA256: strings.Repeat("b", 64), At: at, Level: state.ReadProof}, false},
	} {
		p, err := state.ParseProof(state.Proof{Key: someProof().Key}.With(c.was.Cut(file, 60, []byte("y"), now)).Encode())
		if err != nil {
			t.Fatal(err)
		}
		f, _ := p.Of("disk")
		if f.Proves(file, at) != c.proves || !f.Continues(100, now.AddDate(0, 0, 6)) || f.Continues(100, now.AddDate(0, 0, 7)) || f.Offset != 60 {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}
