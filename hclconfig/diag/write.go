package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/mitchellh/go-wordwrap"
)

// Write prints diagnostics for people, in terraform's shape: with a frame and
// colours if color is set, else plain. Details are wrapped at width columns;
// 0 leaves them as they are. No control character of a file reaches w.
func Write(w io.Writer, diags Diagnostics, color bool, width int) error {
	p := painter(color)
	for _, d := range diags {
		if _, err := io.WriteString(w, p.frame(p.text(d, width), d.Severity)); err != nil {
			return err
		}
	}
	return nil
}

// painter is true if the output has colours.
type painter bool

func (p painter) paint(code, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) severity(s Severity, text string) string {
	if s == Error {
		return p.paint("31", text)
	}
	return p.paint("33", text)
}

func (p painter) frame(text string, s Severity) string {
	if !p {
		return text + "\n\n"
	}
	bar := p.severity(s, "│")
	text = bar + " " + strings.ReplaceAll(text, "\n", "\n"+bar+" ")
	return p.severity(s, "╷") + "\n" + text + "\n" + p.severity(s, "╵") + "\n"
}

func (p painter) text(d Diagnostic, width int) string {
	title := map[Severity]string{Error: "Error: ", Warning: "Warning: "}[d.Severity]
	var b strings.Builder
	b.WriteString(p.severity(d.Severity, title) + p.paint("1", clean(d.Summary)) + "\n")
	for i, place := range d.Places {
		b.WriteString("\n" + p.place(place, i))
	}
	if d.Detail != "" {
		if len(d.Places) != 1 {
			b.WriteString("\n")
		}
		b.WriteString(wrap(clean(d.Detail), width, 0) + "\n")
	}
	if d.Hint != "" {
		b.WriteString("\n  hint: " + wrap(clean(d.Hint), width, 8))
	}
	return strings.TrimRight(b.String(), "\n")
}

// wrap does not break lines that begin with two blanks: they are meant to be
// copied.
func wrap(s string, width, indent int) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if width > indent+20 && !strings.HasPrefix(line, "  ") {
			lines[i] = wordwrap.WrapString(line, uint(width-indent-2))
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n"+strings.Repeat(" ", indent))
}

func (p painter) place(at Place, i int) string {
	word := "on"
	if i > 0 {
		word = "and on"
	}
	head := fmt.Sprintf("  %s %s line %d", word, clean(at.Range.Filename), at.Range.Start.Line)
	if at.Block != "" {
		head += ", in " + clean(at.Block)
	}
	if at.Line == "" {
		return head + "\n"
	}
	return head + ":\n" + p.snippet(at)
}

// snippet is the source line with its part underlined.
func (p painter) snippet(at Place) string {
	before, part, after := clip(at)
	number := fmt.Sprintf("%4d: ", at.Range.Start.Line)
	if p {
		return number + before + p.paint("1;4", part) + after + "\n"
	}
	underline := strings.Repeat("^", max(1, runewidth.StringWidth(part)))
	indent := strings.Repeat(" ", len(number)+runewidth.StringWidth(before))
	return number + before + part + after + "\n" + indent + underline + "\n"
}

// clip shortens a line around the part of interest: a line may have megabytes.
func clip(at Place) (before, part, after string) {
	const near, far = 100, 160
	before, part, after = at.Line[:at.From], at.Line[at.From:at.To], at.Line[at.To:]
	if len(before) > near {
		before = "…" + strings.ToValidUTF8(before[len(before)-near:], "")
	}
	return Inline(before), Inline(cut(part, far)), Inline(cut(after, near))
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// Inline is text of any origin as it may be printed within one line: what would move
// the cursor or change the order of a text is escaped.
func Inline(s string) string {
	return strings.ReplaceAll(clean(strings.ReplaceAll(s, "\t", "  ")), "\n", `\n`)
}

// clean escapes what would move the cursor or change the order of a terminal's
// text. Line ends stay.
func clean(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && strings.HasPrefix(s[i:], "\ufffd"):
			b.WriteRune(r)
		case r == utf8.RuneError:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
