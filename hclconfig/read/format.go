package read

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
)

// Format returns the canonical form of a file, or the diagnostics of one that does not
// parse; name is its name in them.
func (f *Files) Format(name string, src []byte) ([]byte, diag.Diagnostics) {
	diags := f.syntax(name, src)
	if diags.HasErrors() {
		if confdir.HasValues(name) {
			diags = problem.Conceal(diags)
		}
		return nil, f.Export(diags)
	}
	return canonical(src), nil
}

// syntax reports why src does not parse.
func (f *Files) syntax(name string, src []byte) hcl.Diagnostics {
	if err := confdir.CheckText(src); err != nil {
		return problem.Unreadable("File not readable", name, err)
	}
	_, diags := f.parse(name, src)
	return diags
}

var (
	byteOrderMark = []byte("\ufeff")
	crlf, lf      = []byte("\r\n"), []byte("\n")
)

// canonical is the canonical form of src, which parses. It is src itself if the
// form would change more than spacing.
func canonical(src []byte) []byte {
	body, marked := bytes.CutPrefix(src, byteOrderMark)
	windows := bytes.Count(body, crlf) == bytes.Count(body, lf)
	if windows {
		body = bytes.ReplaceAll(body, crlf, lf)
	}
	out := hclwrite.Format(body)
	if windows {
		out = bytes.ReplaceAll(out, lf, crlf)
	}
	if marked {
		out = append(bytes.Clone(byteOrderMark), out...)
	}
	if !sameTokens(src, out) {
		return src
	}
	return out
}

// sameTokens reports whether two files have the same tokens.
func sameTokens(a, b []byte) bool {
	x, _ := hclsyntax.LexConfig(a, "", hcl.InitialPos) // they parse
	y, _ := hclsyntax.LexConfig(b, "", hcl.InitialPos)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].Type != y[i].Type || !bytes.Equal(x[i].Bytes, y[i].Bytes) {
			return false
		}
	}
	return true
}

// Lines are the lines of a file, without their ends, as they may be shown:
// values that may be secret are left out, and all values of a file of values.
func (f *Files) Lines(name string, src []byte) []string {
	f.syntax(name, src) // one that does not parse shows less
	shown := redact.AllHidden(src)
	if f.parsed[name] != nil {
		shown = f.redacted(name)
	}
	var out []string
	for at := 0; at < len(src); {
		line := shown.Line(at)
		p := diag.Place{Line: line.Text}
		if confdir.HasValues(name) && strings.TrimSpace(p.Line) != "" {
			redact.HideValue(&p)
		}
		out = append(out, p.Line)
		end := bytes.IndexByte(src[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	return out
}
