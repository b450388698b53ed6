package lastrun_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/lastrun"
)

func TestRecord_isReadAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs", "a.run")
	if _, err := lastrun.Read(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("before the first apply: %v", err)
	}
	began := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	want := lastrun.Record{Format: lastrun.Format, Name: "berlin", PID: 7, Began: began, Progress: began, Changes: 7, Done: 2, Bytes: 1 << 40, Sent: 5}
	for _, write := range []func(string, lastrun.Record) error{lastrun.Write, lastrun.Update} {
		want.Done++
		if err := write(path, want); err != nil {
			t.Fatal(err)
		}
		if got, err := lastrun.Read(path); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	if want.HasEnded() {
		t.Error("it has no end")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files, want one", len(entries))
	}
}

func TestRead_refusesWhatIsNoRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.run")
	for name, text := range map[string]string{
		"empty":     "",
		"cut":       `{"format":"vmxsync.run/1","began":"2026-11-30T03:0`,
		"another":   `{"format":"vmxsync.plan/1","began":"2026-11-30T03:00:00Z"}`,
		"no begin":  `{"format":"vmxsync.run/1"}`,
		"too large": `{"format":"vmxsync.run/1","began":"2026-11-30T03:00:00Z","name":"` + strings.Repeat("x", 1<<17) + `"}`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := lastrun.Read(path); !errors.Is(err, lastrun.ErrTorn) {
			t.Errorf("%s: got %v, want ErrTorn", name, err)
		}
	}
}

// A run that was killed in Write leaves a file that the next one replaces.
func TestWrite_leavesAtMostOneFileBeside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.run")
	if err := os.WriteFile(path+".new", []byte("half of a rec"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := lastrun.Write(path, lastrun.Record{Began: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was left: %v", err)
	}
}
