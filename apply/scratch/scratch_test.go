package scratch_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply/scratch"
)

var quarterly = scratch.Mark{Site: "berlin", Drill: "quarterly", Run: "20261122t010000z-0a1b", Host: "pve1"}

func write(t *testing.T, p string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
}

func there(p string) bool { _, err := os.Lstat(p); return err == nil }

func TestDelete_takesAllThatIsInItAndNothingElse(t *testing.T) {
	to := t.TempDir()
	write(t, filepath.Join(to, "mine"))
	outside := filepath.Join(t.TempDir(), "precious")
	write(t, outside)
	f, err := scratch.Make(to, quarterly)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(f.Path(), "dc01", "2026-11-21-010000", "disk.vmdk"))
	write(t, filepath.Join(f.Path(), "qemu.log"))
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(f.Path(), "link")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	if err := f.Delete(); err != nil {
		t.Fatal(err)
	}
	if there(f.Path()) || !there(outside) || !there(filepath.Join(to, "mine")) {
		t.Error("it deleted too much, or too little")
	}
}

// Only the folder that the drill has made is deleted: one that took its place stays.
func TestDelete_refusesWhatIsNotItsOwn(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, f scratch.Folder){
		"no mark": func(t *testing.T, f scratch.Folder) { os.Remove(filepath.Join(f.Path(), scratch.MarkName)) },
		"another mark": func(t *testing.T, f scratch.Folder) {
			os.WriteFile(filepath.Join(f.Path(), scratch.MarkName), []byte(`{"format":"vmxsync.scratch/1","site":"paris","drill":"quarterly","run":"20261122t010000z-0a1b"}`), 0o666)
		},
		"a mark that is a link": func(t *testing.T, f scratch.Folder) {
			mark := filepath.Join(f.Path(), scratch.MarkName)
			if os.Rename(mark, mark+".real") != nil || os.Symlink(mark+".real", mark) != nil {
				t.Skip("no links here")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := scratch.Make(t.TempDir(), quarterly)
			if err != nil {
				t.Fatal(err)
			}
			kept := filepath.Join(f.Path(), "kept")
			write(t, kept)
			change(t, f)
			if err := f.Delete(); err == nil || !strings.Contains(err.Error(), f.Path()) {
				t.Errorf("got %v", err)
			}
			if !there(kept) {
				t.Error("it was deleted")
			}
		})
	}
}

func TestMake_neverTwiceNorAboveItsFolder(t *testing.T) {
	to := t.TempDir()
	if _, err := scratch.Make(filepath.Join(to, "not mounted"), quarterly); err == nil {
		t.Error("the folder above was made")
	}
	if _, err := scratch.Make(to, quarterly); err != nil {
		t.Fatal(err)
	}
	if _, err := scratch.Make(to, quarterly); err == nil {
		t.Error("a folder that is there was taken")
	}
}

// leave leaves a folder as a process does that was killed.
func leave(t *testing.T, to string, m scratch.Mark, pid string) string {
	t.Helper()
	f, err := scratch.Make(to, m)
	if err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(f.Path(), scratch.MarkName)
	text, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(text), ":")
	if err := os.WriteFile(mark, []byte(string(text[:at+1])+pid+"}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(f.Path(), "dc01", "disk.vmdk"))
	return f.Path()
}

// deadPID is that of a process that has ended.
func deadPID(t *testing.T) string {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(c.Process.Pid)
}

func TestLeft_findsWhatTheSameDrillHasLeft(t *testing.T) {
	to, dead := t.TempDir(), deadPID(t)
	with := func(change func(*scratch.Mark)) scratch.Mark { m := quarterly; change(&m); return m }
	ours := leave(t, to, with(func(m *scratch.Mark) { m.Run = "20261101t010000z-1111" }), dead)
	// Not ours, and no news.
	leave(t, to, with(func(m *scratch.Mark) { m.Drill = "quarterly-2" }), dead)
	leave(t, to, with(func(m *scratch.Mark) { m.Site, m.Run = "paris", "20261101t010000z-3333" }), dead)
	// Perhaps ours: named, and left alone.
	elsewhere := leave(t, to, with(func(m *scratch.Mark) { m.Host, m.Run = "pve2", "20261101t010000z-4444" }), dead)
	running := leave(t, to, with(func(m *scratch.Mark) { m.Run = "20261101t010000z-5555" }), strconv.Itoa(os.Getpid()))
	unmarked := filepath.Join(to, "vmxsync-drill-quarterly-mine")
	write(t, filepath.Join(unmarked, "precious"))
	moved := leave(t, to, with(func(m *scratch.Mark) { m.Run = "20261101t010000z-6666" }), dead)
	if err := os.Rename(moved, moved+"-kept"); err != nil {
		t.Fatal(err)
	}

	left, kept, err := scratch.Left(to, quarterly)
	if err != nil || len(left) != 1 || left[0].Path() != ours {
		t.Errorf("left: got %v, %v, want %s", left, err, ours)
	}
	var named string
	for _, why := range kept {
		named += why.Error() + "\n"
	}
	for _, p := range []string{elsewhere, running, unmarked, moved + "-kept"} {
		if !strings.Contains(named, p+":") {
			t.Errorf("%s is not named in %s", p, named)
		}
	}
	if len(kept) != 4 {
		t.Errorf("named: %s", named)
	}
	for _, f := range left {
		if err := f.Delete(); err != nil {
			t.Error(err)
		}
	}
	if there(ours) || !there(unmarked) || !there(running) {
		t.Error("it deleted too much, or too little")
	}
}

func TestLeft_noFolderYet(t *testing.T) {
	if left, kept, err := scratch.Left(filepath.Join(t.TempDir(), "none"), quarterly); len(left)+len(kept) > 0 || err != nil {
		t.Errorf("got %v, %v, %v", left, kept, err)
	}
}
