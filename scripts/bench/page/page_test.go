package page

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
	p, err := Parse(file + "#a")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	if err := p.Write("new\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if want := strings.Replace(text, "old", "new", 1); err != nil || string(got) != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if err := (Page{file, "c"}).Check(); err == nil {
		t.Error("a page without the section is accepted")
	}
}

func TestPage_ofDocsHasASection(t *testing.T) {
	if err := (Page{"../../../docs/performance.md", "quick"}).Check(); err != nil {
		t.Error(err)
	}
}
