package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestDocs runs the console transcripts of the README and of docs/. A script in
// testdata/docs sets up the servers and folders of one page.
func TestDocs(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the transcripts are those of a Unix shell")
	}
	testscript.Run(t, params(filepath.Join("testdata", "docs"), nil, nil))
}

// A transcript, an excerpt or a configuration without a script might show anything.
func TestDocs_eachBlockIsTried(t *testing.T) {
	scripts := allScripts(t)
	for _, name := range pageNames(t) {
		if strings.Contains(pageText(t, name), "\n    $ ") {
			t.Errorf("%s has a transcript that is no block with a name", name)
		}
		for _, b := range blocksOf(t, name) {
			verb := map[string]string{"console": "transcript", "text": "excerpt", "hcl": "block"}[b.language]
			asked := regexp.MustCompile(`(?m)^(! )?` + verb + " " + regexp.QuoteMeta(name+" "+b.name) + "( |$)")
			switch {
			case verb != "" && !asked.MatchString(scripts):
				t.Errorf("%s line %d: no script has: %s %s %s", name, b.line, verb, name, b.name)
			case b.language == "" || verb == "" && strings.Contains(b.text, "$ vmxsync "):
				t.Errorf("%s line %d: a block is console (a transcript), text (an excerpt of one), hcl, or of another language and no transcript", name, b.line)
			}
		}
	}
}

// transcriptVerb runs the commands of a transcript and compares their output with the
// page. If the verb is negated, the last command has to fail.
func transcriptVerb(ts *testscript.TestScript, neg bool, args []string) {
	b := blockOf(ts, args, "console")
	var got strings.Builder
	failed := false
	for line := range strings.Lines(b.text) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		if !isCommand {
			continue
		}
		if failed {
			ts.Fatalf("a command failed that is not the last one\n%s", got.String())
		}
		cmd := typed(command)
		cmd.Dir, cmd.Env = ts.MkAbs("."), environment(ts)
		out, err := cmd.CombinedOutput()
		failed = err != nil
		if got.Len() > 0 {
			got.WriteByte('\n')
		}
		got.WriteString(line + string(out))
	}
	if failed != neg {
		ts.Fatalf("the last command failed: %t, want %t\n%s", failed, neg, got.String())
	}
	if lasting(got.String()) == lasting(b.text) {
		return
	}
	if os.Getenv("UPDATE_SCRIPTS") == "" {
		ts.Fatalf("%s line %d shows another run than this; UPDATE_SCRIPTS=1 writes it there\n%s", args[0], b.line, got.String())
	}
	ts.Check(rewriteBlock(args[0], b, got.String()))
}

// typed runs what a reader would type. Our own commands need no shell.
func typed(command string) *exec.Cmd {
	if words := strings.Fields(command); words[0] == "vmxsync" && !strings.ContainsAny(command, "|&;$'\"\\") {
		return exec.Command(words[0], words[1:]...)
	}
	return exec.Command("sh", "-c", command)
}

// excerptVerb wants a block of a page to be part of the output of the last command. A
// line of three dots stands for lines that the page leaves out.
func excerptVerb(ts *testscript.TestScript, neg bool, args []string) {
	b := blockOf(ts, args, "text")
	rest := lasting("\n" + ts.ReadFile("stdout"))
	for _, part := range leftOutLines.Split("\n"+b.text, -1) {
		_, after, found := strings.Cut(rest, lasting(part))
		if !found {
			ts.Fatalf("%s line %d: this was not printed:%s", args[0], b.line, part)
		}
		rest = "\n" + after
	}
}

var leftOutLines = regexp.MustCompile(`(?m)^ *\.\.\.\n`)

// blockVerb writes a block of HCL of a page into a file.
func blockVerb(ts *testscript.TestScript, neg bool, args []string) {
	b := blockOf(ts, args, "hcl")
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(b.text), 0o666))
}

var (
	// passing matches what is different in each run: how long it took, and how fast.
	passing = regexp.MustCompile(`( after | in )([0-9.]+(ms|µs|h|m|s))+|[0-9.]+ [KMG]?i?B/s`)
	// server matches the server of a test, or that of the pages. Its length decides
	// where the line breaks.
	server = regexp.MustCompile(`(?:127\.0\.0\.1:[0-9]+|nas\.example\.com:21)([^\n]*)\n +`)
)

func lasting(text string) string {
	return server.ReplaceAllString(passing.ReplaceAllString(text, "~"), "server$1 ")
}

func blockOf(ts *testscript.TestScript, args []string, language string) block {
	blocks, err := blocks(args[0])
	ts.Check(err)
	for _, b := range blocks {
		if b.language == language && b.name == args[1] {
			return b
		}
	}
	ts.Fatalf("%s has no block %s %s", args[0], language, args[1])
	panic("unreachable")
}

// block is the text between ``` in a page. Its name follows the language.
type block struct {
	language, name string
	line           int // of its beginning, from 1
	text           string
}

const fence = "```"

func blocks(page string) ([]block, error) {
	content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(page)))
	if err != nil {
		return nil, err
	}
	var all []block
	open, n := false, 0
	for line := range strings.Lines(string(content)) {
		n++
		info, edge := strings.CutPrefix(strings.TrimRight(line, "\n"), fence)
		switch {
		case edge && open:
			open = false
		case edge:
			language, name, _ := strings.Cut(info, " ")
			all, open = append(all, block{language: language, name: name, line: n}), true
		case open:
			all[len(all)-1].text += line
		}
	}
	return all, nil
}

func blocksOf(t *testing.T, page string) []block {
	t.Helper()
	all, err := blocks(page)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var rewriting sync.Mutex

func rewriteBlock(page string, b block, text string) error {
	rewriting.Lock()
	defer rewriting.Unlock()
	path := filepath.Join("..", "..", filepath.FromSlash(page))
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head := fence + b.language + " " + b.name + "\n"
	changed := strings.Replace(string(content), head+b.text+fence, head+text+fence, 1)
	return os.WriteFile(path, []byte(changed), 0o644)
}

// pageNames returns the README and the pages of docs/, relative to the root.
func pageNames(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	names := []string{"README.md"}
	for _, p := range pages {
		names = append(names, "docs/"+filepath.Base(p))
	}
	return names
}

func pageText(t *testing.T, page string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func allScripts(t *testing.T) string {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join("testdata", "*", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, s := range scripts {
		content, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(content)
		all.WriteByte('\n')
	}
	return all.String()
}

// link matches a link to another file of this repository.
var (
	link    = regexp.MustCompile(`\]\(([^):]+)\)`)
	fenced  = regexp.MustCompile("(?ms)^" + fence + ".*?^" + fence + "$")
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

func TestDocs_linksLeadSomewhere(t *testing.T) {
	for _, name := range pageNames(t) {
		for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(pageText(t, name), ""), -1) {
			to, anchor, _ := strings.Cut(m[1], "#")
			target := filepath.ToSlash(filepath.Join(filepath.Dir(name), to))
			if to == "" {
				target = name
			}
			if _, err := os.Stat(filepath.Join("..", "..", target)); err != nil {
				t.Errorf("%s: %s leads nowhere", name, m[1])
			} else if anchor != "" && !slices.Contains(anchors(pageText(t, target)), anchor) {
				t.Errorf("%s: %s has no heading of that name", name, m[1])
			}
		}
	}
}

// anchors returns the anchors that GitHub gives to the headings of a page.
func anchors(page string) []string {
	var all []string
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		bare := dropped.ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(bare, " ", "-"))
	}
	return all
}

// The help of each command ends with its exit codes, and the page has them all.
func TestDocs_exitCodesAreThoseOfTheHelp(t *testing.T) {
	page := pageText(t, "docs/exit-codes.md")
	for _, c := range testApp().Commands {
		_, codes, _ := strings.Cut(c.CustomHelpTemplate, "EXIT CODES:\n")
		for line := range strings.Lines(codes) {
			code, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			if ofAll, own := "\n| "+code+" |", "` | "+code+" |"; !strings.Contains(page, ofAll) && !strings.Contains(page, own) {
				t.Errorf("docs/exit-codes.md has no %s, as %s does", code, c.Name)
			}
		}
	}
}

// The README and the index list every page.
func TestDocs_everyPageIsListed(t *testing.T) {
	index := pageText(t, "docs/README.md")
	for _, name := range pageNames(t) {
		if base := filepath.Base(name); base != "README.md" && !strings.Contains(index, "]("+base+")") {
			t.Errorf("docs/README.md does not list %s", base)
		}
	}
}
