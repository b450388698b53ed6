package logfile_test

import (
	"fmt"
	"os"
	"testing"
)

// A program that reads the log keeps it from being turned. However often that is
// tried, no older file is pushed out, and no line is lost.
func TestFile_cannotTurnAndLosesNothing(t *testing.T) {
	log := newLog(t)
	log.MaxSize, log.MaxFiles = 10, 4
	for name, text := range map[string]string{log.File: "123456789\n", log.File + ".1": "newer\n", log.File + ".2": "older\n"} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	reader, err := os.Open(log.File)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	f := open(t, log)
	for n := range 5 {
		fmt.Fprintf(f, "line %d\n", n)
	}
	if got := read(t, log.File+".2") + read(t, log.File+".3"); got != "newer\nolder\n" {
		t.Errorf("the older ones: got %q", got)
	}
	if got, want := read(t, log.File), "123456789\nline 0\nline 1\nline 2\nline 3\nline 4\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
