package diag

import (
	"bytes"
	"encoding/json"
	"io"
)

type jsonDocument struct {
	Format        string           `json:"format"`
	FormatVersion string           `json:"format_version"`
	Valid         bool             `json:"valid"`
	ErrorCount    int              `json:"error_count"`
	WarningCount  int              `json:"warning_count"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity Severity     `json:"severity"`
	Summary  string       `json:"summary"`
	Detail   string       `json:"detail"`
	Hint     string       `json:"hint,omitempty"`
	Range    *Range       `json:"range,omitempty"`
	Snippet  *jsonSnippet `json:"snippet,omitempty"`
	Related  []Range      `json:"related,omitempty"`
}

type jsonSnippet struct {
	Context              *string  `json:"context"`
	Code                 string   `json:"code"`
	StartLine            int      `json:"start_line"`
	HighlightStartOffset int      `json:"highlight_start_offset"`
	HighlightEndOffset   int      `json:"highlight_end_offset"`
	Values               []string `json:"values"` // always empty: values may be secrets
}

// WriteJSON prints diagnostics as one document in the shape of
// `terraform validate -json`, with hints and second places added.
func WriteJSON(w io.Writer, diags Diagnostics) error {
	doc := jsonDocument{
		Format:        "vmxsync.diagnostics/1",
		FormatVersion: "1.0",
		Valid:         !diags.HasErrors(),
		ErrorCount:    diags.count(Error),
		WarningCount:  diags.count(Warning),
		Diagnostics:   []jsonDiagnostic{},
	}
	for _, d := range diags {
		doc.Diagnostics = append(doc.Diagnostics, d.json())
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	// What is left of control characters stands in strings, where \uXXXX is
	// their other spelling.
	_, err := io.WriteString(w, clean(b.String()))
	return err
}

func (d Diagnostic) json() jsonDiagnostic {
	out := jsonDiagnostic{Severity: d.Severity, Summary: d.Summary, Detail: d.Detail, Hint: d.Hint}
	for i, p := range d.Places {
		if i > 0 {
			out.Related = append(out.Related, p.Range)
			continue
		}
		out.Range = &p.Range
		out.Snippet = p.json()
	}
	return out
}

func (p Place) json() *jsonSnippet {
	if p.Line == "" {
		return nil
	}
	s := &jsonSnippet{
		Code:                 p.Line,
		StartLine:            p.Range.Start.Line,
		HighlightStartOffset: p.From,
		HighlightEndOffset:   p.To,
		Values:               []string{},
	}
	if p.Block != "" {
		s.Context = &p.Block
	}
	return s
}
