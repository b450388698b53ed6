package hclconfig

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// extra is what a diagnostic of ours carries besides what hcl knows.
type extra struct {
	hint  string
	other *hcl.Range // the second place
	// hidden: the source line may hold a secret; only what stands before its
	// equals sign is shown.
	hidden bool
}

// problem is an error at a range, still to be told as a diagnostic.
type problem struct {
	summary, detail, hint string
	hidden                bool
}

func (p problem) at(r hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.summary, Detail: p.detail, Subject: &r,
		Extra: extra{hint: p.hint, hidden: p.hidden},
	}}
}

// between shows two places that contradict each other.
func (p problem) between(r, other hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.summary, Detail: p.detail, Subject: &r,
		Extra: extra{hint: p.hint, other: &other},
	}}
}

// nowhere is a problem that stands in no file.
func (p problem) nowhere() hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.summary, Detail: p.detail, Extra: extra{hint: p.hint},
	}}
}

func warnings(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		d.Severity = hcl.DiagWarning
	}
	return diags
}

// export makes the public form of diagnostics, with the source lines from f.
// A diagnostic in a file that was not read shows no source.
func (f *files) export(diags hcl.Diagnostics) Diagnostics {
	var out Diagnostics
	for _, d := range diags {
		x, _ := d.Extra.(extra)
		e := Diagnostic{Severity: Error, Summary: d.Summary, Detail: d.Detail, Hint: x.hint}
		if d.Severity == hcl.DiagWarning {
			e.Severity = Warning
		}
		for _, r := range []*hcl.Range{d.Subject, x.other} {
			if r != nil {
				e.Places = append(e.Places, f.place(*r, x.hidden))
			}
		}
		out = append(out, e)
	}
	return out.tidy()
}

func (f *files) place(r hcl.Range, hidden bool) Place {
	p := Place{Range: Range{Filename: r.Filename, Start: Pos(r.Start), End: Pos(r.End)}}
	file := f.parsed[r.Filename]
	if file == nil || r.Start.Byte > len(file.Bytes) || r.Start.Byte > r.End.Byte {
		return p
	}
	p.Block = blockAround(file, r.Start.Byte)
	line, start := lineAt(file.Bytes, r.Start.Byte)
	p.Line = line
	p.From = min(r.Start.Byte-start, len(p.Line))
	p.To = min(r.End.Byte-start, len(p.Line))
	if hidden || f.isSecret(line) {
		p.hideValue()
	}
	return p
}

// lineAt is the line around an offset, and where it starts.
func lineAt(src []byte, offset int) (string, int) {
	start := bytes.LastIndexByte(src[:offset], '\n') + 1
	line, _, _ := bytes.Cut(src[start:], []byte("\n"))
	return strings.TrimSuffix(string(line), "\r"), start
}

// isSecret tells whether a line gives a value to an attribute for secrets:
// whatever is wrong there, the value may be one.
func (f *files) isSecret(line string) bool {
	name, _, ok := strings.Cut(line, "=")
	return ok && slices.Contains(f.secret, strings.TrimSpace(name))
}

// hideValue shows the line up to its equals sign only, and no longer how long
// the value is. A line without one is the rest of some value.
func (p *Place) hideValue() {
	const instead = "(not shown)"
	name, _, _ := strings.Cut(p.Line, "=")
	if name == p.Line {
		name = ""
	} else {
		name += "= "
	}
	p.Line = name + instead
	if p.To > len(name) {
		p.From, p.To = len(name), len(p.Line)
		p.Range.End = p.Range.Start
	}
}

func blockAround(f *hcl.File, offset int) string {
	if nav, ok := f.Nav.(interface{ ContextString(int) string }); ok {
		return nav.ContextString(offset)
	}
	return ""
}
