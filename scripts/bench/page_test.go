package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPage_replacesItsSection(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	text := "# Page\n<!-- bench a -->\nold\n<!-- end a -->\n<!-- bench b -->\nother\n<!-- end b -->\nend\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := parsePage(file + "#a")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.check(); err != nil {
		t.Error(err)
	}
	if err := p.write("new\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if want := strings.Replace(text, "old", "new", 1); err != nil || string(got) != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if err := (page{file, "c"}).check(); err == nil {
		t.Error("a page without the section is accepted")
	}
}

func TestPage_ofDocsHasASection(t *testing.T) {
	if err := (page{"../../docs/performance.md", "quick"}).check(); err != nil {
		t.Error(err)
	}
}
