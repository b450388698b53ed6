package tool

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShortVersion(t *testing.T) {
	for _, line := range []string{"curl 7.88.1 (x86_64) libcurl", "LFTP | Version 4.9.2 | Copyright (c)"} {
		if got := shortVersion(line); strings.ContainsAny(got, "|(") || !strings.Contains(got, ".") {
			t.Errorf("%q becomes %q", line, got)
		}
	}
}

func TestAdd_findsAProgramOrSaysWhyNot(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "tool")
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	found := Found{Paths: map[string]string{}, Missing: map[string]error{}}
	found.add("tool", program, nil)
	if got, err := found.Path("tool"); got != program || err != nil {
		t.Errorf("%q, %v, want %q", got, err, program)
	}
	found.add("no-such-tool", filepath.Join(dir, "absent"), errors.New("no network"))
	if _, err := found.Path("no-such-tool"); err == nil || !strings.Contains(err.Error(), "no network") {
		t.Errorf("error %v, want the reason of the fetch", err)
	}
}
