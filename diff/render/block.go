package render

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// shownFiles is how many files of a set are listed.
const shownFiles = 20

// block is what a change does to the attributes of its set.
func block(c diff.Change) []Line {
	switch {
	case c.Action == diff.Delete:
		return []Line{
			{Symbol: diff.Delete, Text: fmt.Sprintf("size = %q -> null", state.FormatBytes(c.Bytes))},
			{Text: fmt.Sprintf("# (%s hidden)", wording.Count(len(c.Files), "file"))},
		}
	case c.Mode == diff.Adopt:
		return []Line{
			{Symbol: diff.Create, Text: fmt.Sprintf("manifest = %q", state.ManifestName)},
			{Text: fmt.Sprintf("size     = %q", state.FormatBytes(c.Bytes))},
			{Text: fmt.Sprintf("# (%s unchanged)", wording.Count(len(c.Files), "file"))},
		}
	case c.Mode == diff.AddSums:
		return []Line{
			{Symbol: diff.Update, Text: fmt.Sprintf("manifest = %q", state.ManifestName)},
			{Symbol: diff.Create, Depth: 1, Text: wording.Count(len(c.Sums), "checksum")},
			{Text: fmt.Sprintf("size     = %q", state.FormatBytes(c.Bytes))},
			{Text: fmt.Sprintf("# (%s unchanged)", wording.Count(len(c.Files), "file"))},
		}
	case c.Action == diff.Update:
		return update(c)
	}
	return append([]Line{{Symbol: diff.Create, Text: fmt.Sprintf("size  = %q", state.FormatBytes(c.Bytes))}},
		list(diff.Create, added(c.Files), 0)...)
}

// added are the files of a new set, as lines.
func added(files []state.File) []Line {
	lines := make([]Line, len(files))
	for i, f := range files {
		lines[i] = Line{Symbol: diff.Create, Depth: 1, Text: fileLine(f)}
	}
	return lines
}

func fileLine(f state.File) string {
	return fmt.Sprintf("%s (%s),", quote(f.Path), state.FormatBytes(f.Size))
}

// list frames the files: the first of them, and how many there are besides.
func list(symbol diff.Action, files []Line, unchanged int) []Line {
	lines := []Line{{Symbol: symbol, Text: "files = ["}}
	lines = append(lines, files[:min(len(files), shownFiles)]...)
	if more := len(files) - shownFiles; more > 0 {
		lines = append(lines, Line{Depth: 1, Text: fmt.Sprintf("# (%s)", wording.Count(more, "more file"))})
	}
	if unchanged > 0 {
		lines = append(lines, Line{Depth: 1, Text: fmt.Sprintf("# (%s hidden)", wording.Count(unchanged, "unchanged file"))})
	}
	return append(lines, Line{Text: "]"})
}

// update compares what an update finds with what it leaves.
func update(c diff.Change) []Line {
	var had int64
	for _, f := range c.Before {
		had += f.Size
	}
	size := Line{Symbol: diff.Update, Text: fmt.Sprintf("size  = %q -> %q", state.FormatBytes(had), state.FormatBytes(c.Bytes))}
	if state.FormatBytes(had) == state.FormatBytes(c.Bytes) {
		size = Line{Text: fmt.Sprintf("size  = %q", state.FormatBytes(had))}
	}
	if c.Mode == diff.Resume {
		changed, unchanged := goOn(c.Before, c.Files)
		return append([]Line{size}, list(diff.Update, changed, unchanged)...)
	}
	changed, unchanged := compare(c.Before, c.Files)
	return append([]Line{size}, list(diff.Update, changed, unchanged)...)
}

// goOn lists which files are there in part: these are not deletes.
func goOn(before, after []state.File) (changed []Line, unchanged int) {
	there := make(map[string]int64, len(before))
	for _, f := range before {
		there[f.Path] = f.Size
	}
	for _, f := range after {
		n, begun := there[f.Path]
		switch {
		case !begun:
			changed = append(changed, Line{Symbol: diff.Create, Depth: 1, Text: fileLine(f)})
		case n == f.Size:
			unchanged++
		default:
			changed = append(changed, Line{Symbol: diff.Update, Depth: 1, Text: fmt.Sprintf("%s (%s -> %s),",
				quote(f.Path), state.FormatBytes(n), state.FormatBytes(f.Size))})
		}
	}
	return changed, unchanged
}

// compare finds the lines that two lists of files do not share.
func compare(before, after []state.File) (changed []Line, unchanged int) {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the same plan is the same text on any machine
	a, b, lines := d.DiffLinesToRunes(fileLines(before), fileLines(after))
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), lines) {
		symbol := map[diffmatchpatch.Operation]diff.Action{
			diffmatchpatch.DiffInsert: diff.Create, diffmatchpatch.DiffDelete: diff.Delete,
		}[part.Type]
		for text := range strings.Lines(part.Text) {
			if symbol == 0 {
				unchanged++
				continue
			}
			shown, _, _ := strings.Cut(text, exact)
			changed = append(changed, Line{Symbol: symbol, Depth: 1, Text: shown})
		}
	}
	return changed, unchanged
}

// exact begins the part of a line that is compared, but not shown: two sizes
// may differ by less than what is printed of them. It stands in no file name.
const exact = "\x00"

func fileLines(files []state.File) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s%s%d\n", fileLine(f), exact, f.Size)
	}
	return b.String()
}
