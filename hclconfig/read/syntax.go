package read

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// slashes is the hint for a backslash that was not meant to begin an escape
// sequence. It quotes nothing: any text may be a password.
const slashes = `a backslash begins an escape sequence: write paths with slashes, "C:/Backups" or "//server/share"; elsewhere a backslash is written twice`

// invalidEscape is the parser's summary for an invalid escape sequence.
const invalidEscape = "Invalid escape sequence"

// intact reports whether the blocks of a file are known: an invalid escape sequence
// does not break the string around it.
func intact(diags hcl.Diagnostics) bool {
	return !slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return d.Severity == hcl.DiagError && d.Summary != invalidEscape })
}

// explainSyntax adds a hint to the parser's error about "C:\Users", and removes
// what it quotes of a text.
func explainSyntax(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		switch d.Summary {
		case invalidEscape:
			d.Detail = "The characters after the backslash are not an escape sequence."
			d.Extra = problem.Extra{Hint: slashes}
		case "Invalid legacy index syntax":
			d.Detail = "Two indexes in a row are written with dots. Write them in brackets."
		}
	}
	return diags
}

// ControlCharacters is the problem of a value with control characters: most often
// "C:\temp\new", which contains a tab and a line end.
func (f *Files) ControlCharacters(value string, r hcl.Range) *problem.Problem {
	var found []string
	for _, c := range value {
		if name := characterName(c); (c < 0x20 || c == 0x7f) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return nil
	}
	p := &problem.Problem{Summary: "Control character in a value", Detail: fmt.Sprintf("The value contains %s.", strings.Join(found, " and "))}
	if file := f.parsed[r.Filename]; file != nil && r.CanSliceBytes(file.Bytes) && bytes.IndexByte(r.SliceBytes(file.Bytes), '\\') >= 0 {
		p.Hint = slashes
	}
	return p
}

func characterName(c rune) string {
	switch c {
	case '\t':
		return "a tab"
	case '\n':
		return "a line end"
	}
	return fmt.Sprintf("the control character %#02x", c)
}
