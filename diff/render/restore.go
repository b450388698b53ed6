package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Restore prints the plan of a restore. free is the room at the target in bytes; less than
// zero: not known.
func Restore(w io.Writer, p *restore.Plan, free int64, s Style) error {
	return write(w, s, func(t *printer) {
		t.printf("vmxsync will restore to %s:\n\n", providers.Escape(p.To))
		for _, set := range p.Sets {
			t.printf("  %s %s\n", t.symbol(diff.Create), providers.Escape(set.Address()))
			for _, line := range restoreLines(set) {
				t.printf("      %s\n", providers.Escape(line))
			}
		}
		t.printf("\n%s%s\n", restoreSum(p), freeText(free))
		if len(p.Notes) > 0 {
			t.printf("\nNotes:\n")
			for _, note := range p.Notes {
				t.printf("  - %s\n", providers.Escape(note))
			}
		}
	})
}

// restoreSum is the plan of a restore in a sentence.
func restoreSum(p *restore.Plan) string {
	return fmt.Sprintf("Restore: %s, %s.", wording.Count(len(p.Sets), "set"), state.FormatBytes(p.Bytes()))
}

// RestoreMarkdown prints the plan of a restore for the description of a merge request.
func RestoreMarkdown(w io.Writer, p *restore.Plan, s Style) error {
	return write(w, s, func(t *printer) {
		t.printf("**%s** The folder is %s.\n", marked(restoreSum(p)), marked(providers.Escape(p.To)))
		t.printf("\n| set | size | to, and from where |\n|---|---:|---|\n")
		for _, set := range p.Sets {
			t.printf("| <code>%s</code> | %s | %s |\n", marked(providers.Escape(set.Address())), marked(state.FormatBytes(set.Bytes())), marked(providers.Escape(strings.Join(restoreLines(set), "; "))))
		}
		t.bullets("Notes", escaped(p.Notes))
	})
}

// RestoreHTML prints the plan of a restore as a page that needs nothing else.
func RestoreHTML(w io.Writer, p *restore.Plan, s Style) error {
	s.Color = false
	return write(w, s, func(t *printer) {
		t.head(restoreSum(p), "The folder is "+providers.Escape(p.To)+".", "")
		for _, set := range p.Sets {
			t.printf("<details class=\"create\" open>\n<summary><b>%c</b> <code>%s</code> <span>%s</span></summary>\n<pre>", diff.Create, page(providers.Escape(set.Address())), page(state.FormatBytes(set.Bytes())))
			for _, line := range escaped(restoreLines(set)) {
				t.printf("%s\n", page(line))
			}
			t.printf("</pre>\n</details>\n")
		}
		t.items("Notes", escaped(p.Notes))
		t.printf("</body>\n</html>\n")
	})
}

func escaped(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = providers.Escape(line)
	}
	return all
}

func freeText(free int64) string {
	if free < 0 {
		return ""
	}
	return " Free at the target: " + state.FormatBytes(free) + "."
}

// restoreLines are what is known of a set that is restored.
func restoreLines(s restore.Set) []string {
	files := wording.Count(len(s.Files), "file")
	if s.Part {
		files += " of the set"
	}
	lines := []string{
		fmt.Sprintf("to %s: %s, %s", s.Folder, files, state.FormatBytes(s.Bytes())),
		fmt.Sprintf("from %s: %s", s.Origins[0].Place, provenText(s, s.Origins[0])),
	}
	for _, o := range s.Origins[1:] {
		lines = append(lines, fmt.Sprintf("else from %s: %s", o.Place, provenText(s, o)))
	}
	if len(s.Missing) > 0 {
		lines = append(lines, "without "+strings.Join(s.Missing, ", "))
	}
	return lines
}

func provenText(s restore.Set, o restore.Origin) string {
	var facts []string
	switch {
	case s.NoSums:
		facts = append(facts, "no checksums")
	case o.Proven.IsZero():
		facts = append(facts, "not proven since its upload")
	case o.Level == state.ServerProof:
		facts = append(facts, "proven "+o.Proven.Format(time.DateOnly)+" by sums of the server")
	default:
		facts = append(facts, "proven "+o.Proven.Format(time.DateOnly)+" by reading it")
	}
	if o.Blocks != nil {
		facts = append(facts, "block sums")
	}
	if o.Trashed {
		facts = append(facts, "in trash")
	}
	return strings.Join(facts, ", ")
}
