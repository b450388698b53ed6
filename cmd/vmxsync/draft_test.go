package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig/starter"
)

// names returns the files and folders below dir.
func names(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, _ os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, p); rel != "." {
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

var good = starter.Draft{Files: []starter.File{
	{Path: "secrets/a.password", Content: []byte("hunter2\n"), Secret: true},
	{Path: "vmxsync.hcl", Content: []byte("locals {}\n")},
}}

func TestWriteDraft_allOfIt(t *testing.T) {
	dir := t.TempDir()
	if err := writeDraft(dir, good, drivers); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, dir), "secrets secrets/a.password vmxsync.hcl"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWriteDraft_aFailureLeavesNothing(t *testing.T) {
	for what, draft := range map[string]starter.Draft{
		"a write fails":   {Files: []starter.File{good.Files[0], {Path: "secrets/a.password/b"}, good.Files[1]}},
		"a name twice":    {Files: []starter.File{good.Files[0], good.Files[0], good.Files[1]}},
		"it is not valid": {Files: []starter.File{good.Files[0], {Path: "vmxsync.hcl", Content: []byte("a = 1")}}},
	} {
		dir := t.TempDir()
		if err := writeDraft(filepath.Join(dir, "new", "site"), draft, drivers); err == nil {
			t.Errorf("%s: no error", what)
		}
		if got := names(t, dir); got != "" {
			t.Errorf("%s: %s is left", what, got)
		}
	}
}

// Another process may create a file between the check and the move.
func TestPublish_takesBackWhatItMoved(t *testing.T) {
	staging, dir := t.TempDir(), t.TempDir()
	for _, f := range good.Files {
		if err := writeNew(filepath.Join(staging, f.Path), f); err != nil {
			t.Fatal(err)
		}
	}
	theirs := filepath.Join(dir, "vmxsync.hcl")
	if err := os.WriteFile(theirs, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := publish(staging, dir, []string{"secrets", "vmxsync.hcl"}); err == nil {
		t.Error("no error")
	}
	if got := names(t, dir); got != "vmxsync.hcl" {
		t.Errorf("got %s, want their file alone", got)
	}
	if got, err := os.ReadFile(theirs); err != nil || string(got) != "theirs" {
		t.Errorf("their file: got %q, %v", got, err)
	}
	if got, want := names(t, staging), "secrets secrets/a.password vmxsync.hcl"; got != want {
		t.Errorf("staging: got %s, want %s", got, want)
	}
}

func TestMoveNew_replacesNoFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"from/a", "to"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := moveNew(filepath.Join(dir, "from"), filepath.Join(dir, "to")); err == nil {
		t.Error("no error")
	}
	if got, want := names(t, dir), "from from/a to"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
