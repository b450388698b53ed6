package hclconfig

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// explainEscapes adds the way out to what the parser says about "C:\Users":
// to HCL a backslash begins an escape sequence.
func (f *files) explainEscapes(diags hcl.Diagnostics, src []byte) hcl.Diagnostics {
	for _, d := range diags {
		if d.Summary != "Invalid escape sequence" || d.Subject == nil {
			continue
		}
		line, _ := lineAt(src, d.Subject.Start.Byte)
		if quoted := quotedAround(src, *d.Subject); quoted != "" && !f.isSecret(line) {
			d.Extra = extra{hint: "write " + forward(quoted)}
		}
	}
	return diags
}

// quotedAround is the string literal on one line that contains r, with its
// quotes.
func quotedAround(src []byte, r hcl.Range) string {
	if r.Start.Byte > len(src) {
		return ""
	}
	start := bytes.LastIndexByte(src[:r.Start.Byte], '"')
	if start < 0 || bytes.IndexByte(src[start:r.Start.Byte], '\n') >= 0 {
		return ""
	}
	end := bytes.IndexAny(src[start+1:], "\"\n")
	if end < 0 || src[start+1+end] == '\n' {
		return ""
	}
	return string(src[start : start+end+2])
}

// forward is a string literal with slashes, as paths are to be written. Two
// backslashes are one, but in front of a server's name.
func forward(literal string) string {
	unc := strings.HasPrefix(literal, `"\\`)
	out := strings.ReplaceAll(strings.ReplaceAll(literal, `\\`, `\`), `\`, "/")
	if unc && !strings.HasPrefix(out, `"//`) {
		out = `"/` + out[1:]
	}
	return out
}

// controlCharacters is the problem of a value that no path or name has: most
// often "C:\temp\new", which holds a tab and a line end.
func controlCharacters(value string, r hcl.Range, files map[string]*hcl.File) *problem {
	var found []string
	for _, c := range value {
		if name := characterName(c); (c < 0x20 || c == 0x7f) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return nil
	}
	p := &problem{
		summary: "Control character in a value",
		detail:  fmt.Sprintf("%q contains %s.", value, strings.Join(found, " and ")),
	}
	if literal := literalAt(r, files); strings.Contains(literal, `\`) {
		p.detail += " A backslash begins an escape sequence."
		p.hint = "write " + forward(literal)
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

// literalAt is the source text of r, if it is one string literal on one line.
func literalAt(r hcl.Range, files map[string]*hcl.File) string {
	f := files[r.Filename]
	if f == nil || !r.CanSliceBytes(f.Bytes) {
		return ""
	}
	text := string(r.SliceBytes(f.Bytes))
	if len(text) < 2 || text[0] != '"' || strings.Count(text, `"`) != 2 || strings.Contains(text, "\n") {
		return ""
	}
	return text
}
