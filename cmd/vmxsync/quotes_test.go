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
)

// Each message that heads a part of docs/troubleshooting.md is part of a text of
// the program; otherwise the page quotes a text that is no longer printed.
func TestDocs_messagesAreThoseOfTheProgram(t *testing.T) {
	const page = "docs/troubleshooting.md"
	output := programTexts(t, filepath.Join("..", ".."))
	quotes := 0
	for _, h := range regexp.MustCompile("(?m)^### (.*)$").FindAllStringSubmatch(pageText(t, page), -1) {
		found := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(h[1], -1)
		if len(found) == 0 {
			t.Errorf("%s: %q quotes nothing", page, h[1])
		}
		for _, q := range found {
			quotes++
			if !strings.Contains(output, q[1]) {
				t.Errorf("%s: the program has no text %q", page, q[1])
			}
			if len(q[1]) < len("cancelled") {
				t.Errorf("%s: %q may be anything", page, q[1])
			}
		}
	}
	if quotes < 50 {
		t.Errorf("%s: only %d messages were found", page, quotes)
	}
}

// programTexts returns the string literals of the program below root, each on lines of
// its own. Concatenated literals are one text.
func programTexts(t *testing.T, root string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != root && (strings.HasPrefix(d.Name(), ".") || notProgram[d.Name()]):
			return filepath.SkipDir
		case filepath.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			text, ok := literal(n)
			if ok {
				all.WriteString(text + "\n")
			}
			return !ok
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// notProgram are folders with Go files that are not part of the program.
var notProgram = map[string]bool{"testdata": true, "ftptest": true, "mailtest": true, "providertest": true, "faults": true, "examples": true}

// literal returns the text of a string literal, or of several that are concatenated.
func literal(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(n.Value)
		return text, err == nil && n.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(n.X)
		if !ok || n.Op != token.ADD {
			return "", false
		}
		right, ok := literal(n.Y)
		return left + right, ok
	}
	return "", false
}
