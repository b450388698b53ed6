package hclconfig_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/vmxsync/vmxsync/hclconfig"
)

var update = flag.Bool("update", false, "write what is printed into the fixtures; read the difference")

// Each fixture is a configuration directory with the text that Load's
// diagnostics print. Its comment holds -var flags, one a line.
func TestLoad_diagnostics(t *testing.T) {
	fixtures, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil || len(fixtures) == 0 {
		t.Fatalf("fixtures: %v, %v", fixtures, err)
	}
	for _, path := range fixtures {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { diagnose(t, path) })
	}
}

func diagnose(t *testing.T, path string) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	want := &a.Files[len(a.Files)-1]
	if want.Name != "want" {
		t.Fatalf("last file is %q, not want", want.Name)
	}
	for _, f := range a.Files[:len(a.Files)-1] {
		files = append(files, f.Name, string(f.Data))
	}
	opts := options(configuration(t, files...))
	for line := range strings.Lines(string(a.Comment)) {
		if assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "-var "); ok {
			opts.Vars = append(opts.Vars, hclconfig.VarArg{Assignment: assignment})
		}
	}
	_, _, diags := hclconfig.Load(opts)
	got := strings.ReplaceAll(text(t, diags), opts.Dir, "DIR")
	if strings.Contains(got, "hunter2") {
		t.Errorf("a secret is printed:\n%s", got)
	}
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if slashed(got) != slashed(string(want.Data)) {
		t.Errorf("diagnostics:\n%s\nwant:\n%s", got, want.Data)
	}
}

var driven = regexp.MustCompile(`[A-Z]:\\[^\s"()]*`)

// slashed has paths of Windows as they are elsewhere: without a drive.
func slashed(text string) string {
	return driven.ReplaceAllStringFunc(text, func(p string) string {
		return strings.ReplaceAll(strings.ReplaceAll(p[2:], `\\`, "/"), `\`, "/")
	})
}
