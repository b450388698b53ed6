package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What docs/ shows of a run is what the script of that run expects.
func TestDocs_transcriptsAreThoseOfScripts(t *testing.T) {
	for doc, script := range map[string]string{"migration.md": "init_migration.txtar"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", doc))
		if err != nil {
			t.Fatal(err)
		}
		golden, err := os.ReadFile(filepath.Join("testdata", "script", script))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "```\n$ ")
		command, rest, _ := strings.Cut(rest, "\n")
		shown, _, found := strings.Cut(rest, "```\n")
		if !found || !strings.Contains(string(golden), "code 0 "+command+"\n") || !strings.HasSuffix(string(golden), "-- want-stdout --\n"+shown) {
			t.Errorf("%s shows another run than %s", doc, script)
		}
	}
}
