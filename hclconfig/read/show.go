package read

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
)

// Export makes the public form of diagnostics, with the source lines from f.
// A diagnostic in a file that was not read shows no source.
func (f *Files) Export(diags hcl.Diagnostics) diag.Diagnostics {
	var out diag.Diagnostics
	for _, d := range diags {
		x, _ := d.Extra.(problem.Extra)
		e := diag.Diagnostic{Severity: diag.Error, Summary: d.Summary, Detail: d.Detail, Hint: x.Hint}
		if d.Severity == hcl.DiagWarning {
			e.Severity = diag.Warning
		}
		for _, r := range []*hcl.Range{d.Subject, x.Other} {
			if r != nil {
				e.Places = append(e.Places, f.place(*r, x.Hidden))
			}
		}
		if !x.Own {
			e.Summary, e.Detail = f.Words.Redact(e.Summary, e.Places), f.Words.Redact(e.Detail, e.Places)
		}
		out = append(out, e)
	}
	return out.Tidy()
}

func (f *Files) place(r hcl.Range, hidden bool) diag.Place {
	p := diag.Place{Range: diag.Range{Filename: r.Filename, Start: diag.Pos(r.Start), End: diag.Pos(r.End)}}
	file := f.parsed[r.Filename]
	if file == nil || r.Start.Byte > len(file.Bytes) || r.Start.Byte > r.End.Byte {
		return p
	}
	p.Block = f.blockAround(r)
	shown := f.redacted(r.Filename)
	line := shown.Line(r.Start.Byte)
	p.Line = line.Text
	p.From, p.To = line.Mark(r.Start.Byte, r.End.Byte)
	if shown.Hides(r.Start.Byte, r.End.Byte) {
		p.Range.End = p.Range.Start // it would show the length of the value
	}
	if hidden {
		redact.HideValue(&p)
	}
	return p
}

// redacted is a file as it may be shown.
func (f *Files) redacted(name string) redact.File {
	if r, done := f.shown[name]; done {
		return r
	}
	file := f.parsed[name]
	body, _ := file.Body.(*hclsyntax.Body)
	if f.Broken[name] {
		body = nil
	}
	f.shown[name] = redact.New(file.Bytes, body, f.Words)
	return f.shown[name]
}

// blockAround is the header of the block that contains the begin of a range, with
// no more labels than its type has.
func (f *Files) blockAround(r hcl.Range) string {
	body, _ := f.parsed[r.Filename].Body.(*hclsyntax.Body)
	if body == nil {
		return ""
	}
	for _, b := range body.Blocks {
		if !b.Range().ContainsOffset(r.Start.Byte) {
			continue
		}
		n, known := f.Words.Labels[b.Type]
		if !known && f.Broken[r.Filename] {
			return ""
		}
		header := b.Type
		for _, label := range b.Labels[:min(n, len(b.Labels))] {
			header += fmt.Sprintf(" %q", label)
		}
		return header
	}
	return ""
}
