package logfile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/vmxsync/vmxsync/apply/logfile"
	"github.com/vmxsync/vmxsync/state/config"
)

func newLog(t *testing.T) config.Log {
	log := config.DefaultLog()
	log.File = filepath.Join(t.TempDir(), "v.log")
	return log
}

func open(t *testing.T, log config.Log) *logfile.File {
	t.Helper()
	f, err := logfile.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFile_goesOnBehindWhatIsThere(t *testing.T) {
	log := newLog(t)
	for _, line := range []string{"one\n", "two"} { // cut in the second
		f := open(t, log)
		fmt.Fprint(f, line)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	f := open(t, log)
	fmt.Fprint(f, "three\n")
	f.Close()
	fmt.Fprint(f, "after the end\n")
	if got := read(t, log.File); got != "one\ntwo\nthree\n" {
		t.Errorf("got %q", got)
	}
}

func TestFile_isForItsUserAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no modes there")
	}
	log := newLog(t)
	log.MaxSize = 10
	f := open(t, log)
	fmt.Fprint(f, "123456789\n")
	fmt.Fprint(f, "123456789\n")
	for _, path := range []string{log.File, log.File + ".1"} {
		info, err := os.Stat(path)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: got %v, %v", path, info.Mode(), err)
		}
	}
}

func TestFile_turnsBeforeItIsTooLarge(t *testing.T) {
	for files, want := range map[int][]string{
		1: {"line 9\n"}, 2: {"line 9\n", "line 7\nline 8\n"}, 3: {"line 9\n", "line 7\nline 8\n", "line 5\nline 6\n"},
	} {
		log := newLog(t)
		log.MaxSize, log.MaxFiles = 14, files
		f := open(t, log)
		for n := range 9 {
			fmt.Fprintf(f, "line %d\n", n+1)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		all, _ := filepath.Glob(log.File + "*")
		if len(all) != files {
			t.Errorf("got %v, want %d files", all, files)
		}
		for n, text := range want {
			path := log.File
			if n > 0 {
				path = fmt.Sprintf("%s.%d", path, n)
			}
			if got := read(t, path); got != text {
				t.Errorf("%d files: %s holds %q, want %q", files, path, got, text)
			}
		}
	}
}

func TestFile_keepsALineWholeThatIsTooLong(t *testing.T) {
	log := newLog(t)
	log.MaxSize = 10
	f := open(t, log)
	long := strings.Repeat("x", 100) + "\n"
	fmt.Fprint(f, "a\n")
	fmt.Fprint(f, long)
	fmt.Fprint(f, "b\n")
	if a, x, b := read(t, log.File+".2"), read(t, log.File+".1"), read(t, log.File); a != "a\n" || x != long || b != "b\n" {
		t.Errorf("got %q, %q, %q", a, x, b)
	}
}

// Two applies at the same time lose no line and tear none.
func TestFile_isSharedBySeveral(t *testing.T) {
	if appendsTorn() {
		t.Skip("wine appends in two steps")
	}
	log := newLog(t)
	var writing sync.WaitGroup
	for who := range 4 {
		f := open(t, log)
		writing.Go(func() {
			for n := range 50 {
				fmt.Fprintf(f, "%d wrote %02d\n", who, n)
			}
		})
	}
	writing.Wait()
	lines := map[string]bool{}
	for line := range strings.Lines(read(t, log.File)) {
		lines[line] = true
	}
	for who := range 4 {
		for n := range 50 {
			if line := fmt.Sprintf("%d wrote %02d\n", who, n); !lines[line] {
				t.Errorf("lost: %q", line)
			}
		}
	}
}

func TestFile_followsWhoTurnedIt(t *testing.T) {
	log := newLog(t)
	log.MaxSize = 10
	a, b := open(t, log), open(t, log)
	fmt.Fprint(b, "b1 is old\n")
	fmt.Fprint(a, "a1 is new\n")
	fmt.Fprint(a, "a2\n") // turns
	fmt.Fprint(b, "b2\n") // would turn again, and need not
	if got := read(t, log.File); got != "a2\nb2\n" {
		t.Errorf("got %q", got)
	}
	if got := read(t, log.File+".1"); got != "b1 is old\na1 is new\n" {
		t.Errorf("got %q", got)
	}
}

func TestOpen_refusesWhatIsNoFile(t *testing.T) {
	log := newLog(t)
	dir := filepath.Dir(log.File)
	log.File = filepath.Join(dir, "nowhere", "v.log")
	if _, err := logfile.Open(log); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	log.File = dir
	if _, err := logfile.Open(log); err == nil || !strings.Contains(err.Error(), "is no regular file") {
		t.Errorf("got %v", err)
	}
}

func TestFile_remembersWhatCouldNotBeWritten(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no open file can be removed there")
	}
	log := newLog(t)
	log.MaxSize = 10
	f := open(t, log)
	fmt.Fprint(f, "123456789\n")
	if err := os.RemoveAll(filepath.Dir(log.File)); err != nil {
		t.Fatal(err)
	}
	if n, err := fmt.Fprint(f, "lost\n"); n != 5 || err != nil {
		t.Errorf("got %d, %v: a log stops nothing", n, err)
	}
	if err := f.Err(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Err: got %v", err)
	}
	if err := os.Mkdir(filepath.Dir(log.File), 0o700); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "again\n")
	if got := read(t, log.File); got != "again\n" {
		t.Errorf("got %q", got)
	}
	if err := f.Close(); err == nil {
		t.Error("Close forgot what was lost")
	}
}

func TestLogger_writesLevelsFormatsAndNothingHostile(t *testing.T) {
	log := newLog(t)
	log.Format = "json"
	for i, level := range config.LogLevels() {
		os.Remove(log.File)
		log.Level = level
		f := open(t, log)
		for _, l := range config.LogLevels() {
			f.Logger().Log(context.Background(), logfile.Level(l), "evil\x1b[2J\u202e", "err", errors.New("a\nb"))
		}
		f.Close()
		lines := bytes.Split(bytes.TrimSpace([]byte(read(t, log.File))), []byte("\n"))
		if len(lines) != i+1 {
			t.Errorf("%s: got %d lines, want %d", level, len(lines), i+1)
		}
		var last struct{ Level, Msg, Err string }
		if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil || last.Level != level || last.Msg != `evil\x1b[2J\u202e` || last.Err != `a\nb` {
			t.Errorf("got %+v, %v", last, err)
		}
	}
	os.Remove(log.File)
	log.Format = "text"
	f := open(t, log)
	f.Logger().Log(context.Background(), logfile.Trace, "two words", "n", 1)
	f.Logger().Log(context.Background(), slog.LevelWarn+1, "odd")
	if got := read(t, log.File); !strings.Contains(got, `level=trace msg="two words" n=1`+"\n") || !strings.Contains(got, "level=warn+1 ") {
		t.Errorf("got %q", got)
	}
}
