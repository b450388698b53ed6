//go:build unix

package regular_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers/regular"
)

// ways are all that open a file. A pipe would keep each of them waiting for ever.
var ways = map[string]func(string) (*os.File, error){
	"Open":       regular.Open,
	"OpenItself": regular.OpenItself,
	"append": func(p string) (*os.File, error) {
		return regular.Write(p, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	},
	"write": func(p string) (*os.File, error) { return regular.Write(p, os.O_WRONLY|os.O_CREATE, 0o600) },
}

func TestOpen_refusesAllButRegularFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	check(t, syscall.Mkfifo(at("pipe"), 0o600))
	check(t, os.Mkdir(at("folder"), 0o700))
	check(t, os.Symlink("pipe", at("to-pipe")))
	check(t, os.Symlink(os.DevNull, at("to-device")))
	for _, name := range []string{"pipe", "folder", "to-pipe", "to-device"} {
		for way, open := range ways {
			f, err := open(at(name))
			if refused := new(regular.Error); !errors.As(err, &refused) {
				t.Errorf("%s %s: got %v, want a *regular.Error", way, name, err)
			}
			if f != nil {
				t.Errorf("%s %s: there is a file", way, name)
			}
		}
	}
}

func TestWrite_followsNoLink(t *testing.T) {
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link"), filepath.Join(dir, "elsewhere")
	check(t, os.Symlink(target, link))
	if _, err := ways["write"](link); err == nil {
		t.Error("a link that leads nowhere was followed")
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its target: %v", err)
	}
	check(t, os.WriteFile(target, []byte("text"), 0o600))
	for _, way := range []string{"write", "append", "OpenItself"} {
		if _, err := ways[way](link); err == nil {
			t.Errorf("%s: a link was followed", way)
		}
	}
	f, err := regular.Open(link)
	if err != nil {
		t.Fatalf("Open: a link to a file: %v", err)
	}
	f.Close()
}

func TestWrite_createsWithItsMode(t *testing.T) {
	p := filepath.Join(t.TempDir(), "new")
	f, err := ways["append"](p)
	check(t, err)
	_, err = f.WriteString("one")
	check(t, errors.Join(err, f.Close()))
	info, err := os.Stat(p)
	check(t, err)
	if info.Mode().Perm() != 0o600 || info.Size() != 3 {
		t.Errorf("mode %v, size %d", info.Mode(), info.Size())
	}
	if _, err := regular.Open(p + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
