package statedir_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/state/config"
)

const nas = "ftp://u@nas/"

func TestSend_remembersAndForgets(t *testing.T) {
	dir := statedir.At(t.TempDir())
	dir.Send(nas, map[string]string{"Bart/2026-11-20-010000": "a", "Lisa/2026-11-20-010000": "b"})
	dir.Send(nas, map[string]string{"Bart/2026-11-20-010000": "", "Lisa/2026-11-20-010000": "c"})
	if got := dir.Sent(nas); len(got) != 1 || got["Lisa/2026-11-20-010000"] != "c" {
		t.Errorf("got %v", got)
	}
	if got := dir.Sent("ftp://u@other/"); len(got) != 0 {
		t.Errorf("another destination has %v", got)
	}
}

func TestFull_countsInARow(t *testing.T) {
	dir := statedir.At(t.TempDir())
	for want := 1; want <= 3; want++ {
		if got := dir.Full(nas); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	dir.NotFull(nas)
	if got := dir.Full(nas); got != 1 {
		t.Errorf("after a night with space: got %d, want 1", got)
	}
}

func TestUse_marksAPlace(t *testing.T) {
	dir := statedir.At(t.TempDir())
	for _, want := range []bool{false, true} {
		if used, err := dir.Used(nas); err != nil || used != want {
			t.Errorf("used %t, %v, want %t", used, err, want)
		}
		if err := dir.Use(nas, nil); err != nil {
			t.Fatal(err)
		}
	}
	if record, err := dir.Record(nas); record != nil || err != nil {
		t.Errorf("got %v, %v, want no record", record, err)
	}
}

// The file of the notify blocks is written only if they have changed: its time shows
// since when they are so.
func TestKeepNotifies_keepsTheFirstOfTheSame(t *testing.T) {
	dir, first := statedir.At(t.TempDir()), time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	now := statedir.Notifies{Dir: "/etc/vmxsync", Name: "site", Since: first, Notifies: []config.Notify{{Type: "mail", Name: "me"}}}
	for range 2 {
		if err := dir.KeepNotifies(now); err != nil {
			t.Fatal(err)
		}
		now.Since = now.Since.Add(time.Hour)
	}
	got, err := dir.LastNotifies(now.Dir)
	if err != nil || !got.Since.Equal(first) || len(got.Notifies) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := dir.LastNotifies("/elsewhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}

func TestRun_showsThatItDidNotEnd(t *testing.T) {
	dir := statedir.At(t.TempDir())
	run, err := dir.LockRun(t.Context(), "/etc/vmxsync")
	if err != nil || run == nil {
		t.Fatal(run, err)
	}
	if err := run.Begin(lastrun.Record{Name: "site", PID: 1, Began: time.Now()}); err != nil {
		t.Fatal(err)
	}
	run.Work(2, 100)
	run.ChangeDone()
	run.Progress(func() int64 { return 40 })
	last, running, err := dir.LastRun("/etc/vmxsync")
	if err != nil || !running || last.HasEnded() || last.Changes != 2 || last.Done != 1 || last.Sent != 40 {
		t.Errorf("got %+v, running %t, %v", last, running, err)
	}
	if err := run.End(lastrun.Record{Ended: time.Now(), Result: "success"}); err != nil {
		t.Fatal(err)
	}
	if last, running, err := dir.LastRun("/etc/vmxsync"); err != nil || running || !last.HasEnded() {
		t.Errorf("got %+v, running %t, %v", last, running, err)
	}
}

// Without a state directory nothing is remembered, and nothing is written.
func TestDir_ofNobody(t *testing.T) {
	t.Chdir(t.TempDir())
	dir := statedir.Find(func(string) (string, bool) { return "", false }, nil)
	if os.PathSeparator == '\\' {
		t.Skip("Windows always has one")
	}
	dir.Send(nas, map[string]string{"Bart/2026-11-20-010000": "a"})
	if used, err := dir.Used(nas); used || err != nil {
		t.Errorf("used %t, %v", used, err)
	}
	if err := dir.Make(); !errors.Is(err, statedir.ErrNone) {
		t.Errorf("got %v, want ErrNone", err)
	}
	if left, _ := filepath.Glob("*"); dir.Full(nas) != 1 || len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
