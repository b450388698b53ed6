package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff/render"
)

func unified(t testing.TB, before, after string) string {
	t.Helper()
	var b strings.Builder
	if err := render.Unified(&b, "vmxsync.hcl", render.Version{Content: before}, render.Version{Content: after}, render.Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUnified_looksLikeDiff(t *testing.T) {
	const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14"
	const after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n14\nmore\n"
	const want = `--- old/vmxsync.hcl
+++ new/vmxsync.hcl
@@ -2,7 +2,7 @@
 2
 3
 4
-5
+five
 6
 7
 8
@@ -11,4 +11,5 @@
 11
 12
 13
-14
\ No newline at end of file
+14
+more
`
	if got := unified(t, before, after); got != want {
		t.Errorf("Unified: got\n%s, want\n%s", got, want)
	}
}

func TestUnified_showsWhatMayBeShown(t *testing.T) {
	var b strings.Builder
	before := render.Version{Content: "x  = \"hunter2\"\r\n", Shown: []string{`x  = "..."`}}
	after := render.Version{Content: "\tx = \"hunter2\x1b[2J\"\r\n", Shown: []string{"\tx = \"...\x1b[2J\""}}
	err := render.Unified(&b, "a\x1b", before, after, render.Style{Color: true})
	if err != nil {
		t.Fatal(err)
	}
	want := "--- old/a\\x1b\n+++ new/a\\x1b\n@@ -1 +1 @@\n\x1b[31m-\x1b[0mx  = \"...\"\n\x1b[32m+\x1b[0m\tx = \"...\\x1b[2J\"\n"
	if got := b.String(); got != want {
		t.Errorf("Unified: got\n%q, want\n%q", got, want)
	}
}

// Whoever carries out what is printed has the second text, whatever they are.
func TestUnified_leadsFromOneTextToTheOther(t *testing.T) {
	line := rapid.SampledFrom([]string{"a\n", "b\n", "c\n", "d = 1\n", "\n", "  e\n"})
	text := rapid.Custom(func(r *rapid.T) string {
		return strings.Join(rapid.SliceOfN(line, 0, 30).Draw(r, "lines"), "") + rapid.SampledFrom([]string{"", "", "end"}).Draw(r, "end")
	})
	rapid.Check(t, func(r *rapid.T) {
		before, after := text.Draw(r, "before"), text.Draw(r, "after")
		out := unified(t, before, after)
		if got := patched(r, before, out); got != after {
			r.Fatalf("got %q, want %q, by\n%s", got, after, out)
		}
	})
}

// patched carries out a unified difference.
func patched(t *rapid.T, before, difference string) string {
	old := slices.Collect(strings.Lines(before))
	var out []string
	at, removed := 0, false // the line before is one of the first text alone
	take := func(line string) {
		if strings.TrimSuffix(old[at], "\n") != line {
			t.Fatalf("line %d is %q, not %q", at+1, old[at], line)
		}
		at++
	}
	for line := range strings.Lines(difference) {
		kind, rest := line[0], strings.TrimSuffix(line[1:], "\n")
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		case kind == '@':
			var start, lines int
			fmt.Sscanf(line, "@@ -%d,%d", &start, &lines)
			if lines == 0 && strings.HasPrefix(line, fmt.Sprintf("@@ -%d,0", start)) {
				start++
			}
			out, at = append(out, old[at:start-1]...), start-1
		case kind == '\\' && removed:
		case kind == '\\':
			out[len(out)-1] = strings.TrimSuffix(out[len(out)-1], "\n")
		case kind == '-':
			take(rest)
		case kind == '+':
			out = append(out, rest+"\n")
		default:
			out = append(out, old[at])
			take(rest)
		}
		removed = kind == '-'
	}
	return strings.Join(append(out, old[at:]...), "")
}

func TestUnified_hugeFilesAreNotCompared(t *testing.T) {
	got := unified(t, strings.Repeat("a\n", 150_000), strings.Repeat("b\n", 150_000))
	if !strings.Contains(got, "too many lines") {
		t.Errorf("Unified: got %d bytes, want a line", len(got))
	}
}
