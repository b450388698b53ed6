package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/providertest"
)

// wrongWords are phrases that the table "Words" of CONTRIBUTING.md replaces. Each is
// wrong wherever it occurs in a text, a comment or a page.
var wrongWords = regexp.MustCompile(`(?i)%q is no(ne)?\b|\b(` + strings.Join([]string{
	`tells? (whether|that|of|who|whom|how|why)`, `(is|are|be|was) (told|said)`, `not counted, said`, `and said`,
	`lets? (\w+ )*go`, `gone on with`, `go on going`, `let nothing stay`,
	`names nothing`,
	`slip of the pen`, `in peace`, `in silence`, `without a word`, `do not get on`,
	`rivals?`, `stragglers?`, `glimpses?`, `detours?`, `outlasts?`, `heed(s|ed)?`, `twins?`,
}, "|") + `)\b`)

func TestWords_areThoseOfTheTable(t *testing.T) {
	providertest.SkipIfRacing(t)
	check := func(name string, line int, text string) {
		if found := wrongWords.FindString(text); found != "" {
			t.Errorf("%s:%d: %q: see the table in CONTRIBUTING.md", name, line, found)
		}
	}
	for _, name := range append(pageNames(t), "CHANGELOG.md") {
		prose := fenced.ReplaceAllStringFunc(pageText(t, name), func(block string) string {
			return strings.Repeat("\n", strings.Count(block, "\n"))
		})
		for i, line := range strings.Split(prose, "\n") {
			if !strings.HasPrefix(line, "#") { // headings quote the program
				check(name, i+1, line)
			}
		}
	}
	for _, path := range sources(t) {
		checkSource(t, path, check)
	}
}

// wrongInTexts are words that the texts of the commands do without: texts report, print
// and log, and what is deleted does not go.
var wrongInTexts = regexp.MustCompile(`(?i)\b(tells?|told|says?|said|is none|goes|go on|let go|takes? away|stands?)\b`)

func TestWords_inTextsOfTheCommands(t *testing.T) {
	for line := range strings.Lines(programTexts(t, ".")) {
		if word := wrongInTexts.FindString(line); word != "" {
			t.Errorf("%q: see the table in CONTRIBUTING.md: %q", word, strings.TrimSpace(line))
		}
	}
}

// checkSource calls check with the string literals and comments of a file.
func checkSource(t *testing.T, path string, check func(name string, line int, text string)) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, filepath.Join("..", "..", path), nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.ToSlash(path)
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value) // the parser has accepted it
			check(name, files.Position(lit.Pos()).Line, text)
		}
		return true
	})
	for _, group := range file.Comments {
		check(name, files.Position(group.Pos()).Line, strings.ReplaceAll(group.Text(), "\n", " "))
	}
}

// sources are the paths of all Go files that are not tests, from the root.
func sources(t *testing.T) []string {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		rel, err := filepath.Rel(root, path)
		all = append(all, rel)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
