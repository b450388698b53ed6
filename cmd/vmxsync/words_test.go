package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wrongWords are phrases that the table "Words" of CONTRIBUTING.md replaces. Each is
// wrong wherever it occurs in a text, a comment or a page.
var wrongWords = regexp.MustCompile(`(?i)%q is no(ne)?\b|\b(` + strings.Join([]string{
	`tells? (whether|that|of|who|whom|how|why)`, `(is|are|be|was) (told|said)`, `not counted, said`, `and said`, `(say|says|said) so`,
	`lets? (\w+ )*go`, `gone on with`, `go on going`, `what goes`, `take[sn]? away`, `let nothing stay`, `condemn(s|ed|ation)?`,
	`where there is none`, `names nothing`, `what stands`, `stands there`,
	`slip of the pen`, `in peace`, `in silence`, `without a word`, `do not get on`,
	`rivals?`, `stragglers?`, `glimpses?`, `detours?`, `outlasts?`, `heed(s|ed)?`, `twins?`,
}, "|") + `)\b`)

// notYetChecked are folders that may still have them.
var notYetChecked = []string{"apply/", "cmd/", "diff/", "providers/", "state/"}

func TestWords_areThoseOfTheTable(t *testing.T) {
	check := func(name string, line int, text string) {
		inFolder := func(folder string) bool { return strings.HasPrefix(name, folder) }
		if found := wrongWords.FindString(text); found != "" && !slices.ContainsFunc(notYetChecked, inFolder) {
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
