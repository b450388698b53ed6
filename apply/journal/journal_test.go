package journal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/journal"
)

func now() time.Time { return time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC) }

var header = journal.Header{Run: "r1", Plan: "p1", Created: now()}

func open(t *testing.T, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path, header, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

var result = journal.Result{SHA256: "beef", Blocks: &journal.Blocks{Bytes: 512, Data: 3, Sums: []byte("\x00sums\xff")}}

// written makes a journal with one step done and one started.
func written(t *testing.T) (path string, data []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "plan.out.journal")
	j := open(t, path)
	for _, err := range []error{j.Begin(), j.Started("a#put"), j.Done("a#put", result), j.Started("b")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, data
}

func TestOpen_remembersSteps(t *testing.T) {
	path, _ := written(t)
	j := open(t, path)
	if !j.Begun() {
		t.Error("the journal has forgotten that it has begun")
	}
	if status, r := j.Of("a#put"); status != journal.Done || !reflect.DeepEqual(r, result) {
		t.Errorf("a#put is %v, %+v", status, r)
	}
	if status, _ := j.Of("b"); status != journal.Started {
		t.Errorf("b is %v, want started", status)
	}
	if status, _ := j.Of("c"); status != journal.Never {
		t.Errorf("c is %v, want never started", status)
	}
}

func TestOpen_cutAnywhereGoesOn(t *testing.T) {
	path, data := written(t)
	for n := range data {
		if err := os.WriteFile(path, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(path, header, now)
		if err != nil {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
		if err := j.Started("later"); err != nil {
			t.Fatal(err)
		}
		j.Close()
		if status, _ := open(t, path).Of("later"); status != journal.Started {
			t.Fatalf("cut after %d bytes: what was appended is %v", n, status)
		}
	}
}

func TestOpen_damageInTheMiddleIsRefused(t *testing.T) {
	path, data := written(t)
	for name, bad := range map[string][]byte{
		"noise":         bytes.Replace(data, []byte(`"step"`), []byte("\x00\x00"), 1),
		"unknown event": bytes.Replace(data, []byte(`"started"`), []byte(`"guessed"`), 1),
		"no step":       append(bytes.Clone(data), "{\"event\":\"done\"}\n"...),
		"newer format":  bytes.Replace(data, []byte("journal/1"), []byte("journal/2"), 1),
		"another file":  []byte("dear diary"),
	} {
		os.WriteFile(path, bad, 0o600)
		if _, err := journal.Open(path, header, now); !errors.Is(err, journal.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
		if left, _ := os.ReadFile(path); !bytes.Equal(left, bad) {
			t.Errorf("%s: the refused file was changed", name)
		}
	}
}

func TestOpen_anotherRunIsMovedAway(t *testing.T) {
	path, data := written(t)
	j, err := journal.Open(path, journal.Header{Run: "r2", Plan: "p1", Created: now()}, now)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if status, _ := j.Of("a#put"); status != journal.Never || j.Begun() {
		t.Error("the new journal knows steps of the other run")
	}
	if old, _ := os.ReadFile(path + ".old"); !bytes.Equal(old, data) {
		t.Errorf("%s.old holds %q, want the other run's journal", path, old)
	}
}

func TestOpen_unwritablePathIsAnError(t *testing.T) {
	if _, err := journal.Open(filepath.Join(t.TempDir(), "missing", "j"), header, now); err == nil {
		t.Error("a journal in a missing folder opened")
	}
	if _, err := journal.Open(t.TempDir(), header, now); err == nil {
		t.Error("a folder opened as a journal")
	}
}

func TestRead_changesNothing(t *testing.T) {
	path, data := written(t)
	cut := append(bytes.Clone(data), `{"event":"sta`...)
	other := journal.Header{Run: "r2", Plan: "p1"}
	for name, c := range map[string]struct {
		data  []byte
		h     journal.Header
		begun bool
		want  journal.Status
	}{
		"ours":         {data, header, true, journal.Done},
		"cut":          {cut, header, true, journal.Done},
		"another run":  {data, other, false, journal.Never},
		"another plan": {data, journal.Header{Run: "r1", Plan: "p2"}, false, journal.Never},
		"empty":        {nil, header, false, journal.Never},
	} {
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Read(path, c.h, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if status, _ := j.Of("a#put"); status != c.want || j.Begun() != c.begun || j.Run() != c.h.Run {
			t.Errorf("%s: run %s, begun %v, a#put is %v, want %+v", name, j.Run(), j.Begun(), status, c)
		}
		if err := errors.Join(j.Begin(), j.Started("later"), j.Close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadFile(path); !bytes.Equal(left, c.data) {
			t.Errorf("%s: the file holds %q, was %q", name, left, c.data)
		}
	}
	wantAlone(t, path)
}

// wantAlone proves that nothing stands beside a journal.
func wantAlone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("beside the journal: %v, %v", entries, err)
	}
}

func TestRead_missingJournalIsEmpty(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Read(filepath.Join(dir, "plan.out.journal"), header, now)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := j.Of("a#put"); status != journal.Never || j.Begun() || j.Run() != header.Run {
		t.Errorf("run %s, begun %v, a#put is %v", j.Run(), j.Begun(), status)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("it made %v", entries)
	}
}

func TestRead_damagedIsRefused(t *testing.T) {
	path, data := written(t)
	bad := bytes.Replace(data, []byte(`"started"`), []byte(`"guessed"`), 1)
	os.WriteFile(path, bad, 0o600)
	if _, err := journal.Read(path, header, now); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
	if left, _ := os.ReadFile(path); !bytes.Equal(left, bad) {
		t.Error("the refused file was changed")
	}
	wantAlone(t, path)
}

func TestBegun_asksForThatRun(t *testing.T) {
	path, _ := written(t)
	for run, want := range map[string]bool{"r1": true, "r2": false} {
		if got, err := journal.Begun(path, run); got != want || err != nil {
			t.Errorf("Begun(%s) = %v, %v, want %v", run, got, err, want)
		}
	}
	if got, err := journal.Begun(path+".none", "r1"); got || err != nil {
		t.Errorf("Begun of a missing journal = %v, %v", got, err)
	}
}

// An apply that could not read a destination does not know all that was started
// there, and has begun all the same: its plan does not expire.
func TestBegun_oneStepIsEnough(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	for _, want := range []bool{false, true} {
		j := open(t, path)
		if got, err := journal.Begun(path, header.Run); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		j.Started("a#put")
	}
}

func TestStarted_afterDoneForgetsTheResult(t *testing.T) {
	path, _ := written(t)
	open(t, path).Started("a#put")
	if status, r := open(t, path).Of("a#put"); status != journal.Started || r.SHA256 != "" {
		t.Errorf("a step that runs again is %v, %+v", status, r)
	}
}

// discard is a Log that keeps nothing.
type discard struct{}

func (discard) Append([]byte) error { return nil }
func (discard) Sync() error         { return nil }
func (discard) Close() error        { return nil }

func FuzzResume(f *testing.F) {
	f.Add([]byte("{\"format\":\"vmxsync.journal/1\",\"run\":\"r\"}\n{\"event\":\"begun\"}\n{\"event\":\"done\",\"step\":\"a\"}\n"))
	f.Add([]byte(`{"form`))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		j, err := journal.Resume(discard{}, data, header, now)
		if (j == nil) == (err == nil) {
			t.Errorf("Resume = %v, %v", j, err)
		}
		if err != nil && !errors.Is(err, journal.ErrDamaged) {
			t.Errorf("%v does not wrap ErrDamaged", err)
		}
	})
}
