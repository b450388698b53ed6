package redact

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/diag"
)

// quotation is a quoted part of a text, as Go and HCL quote parts of a file.
var quotation = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")

// WithoutQuotations hides all quotations in a text.
func WithoutQuotations(text string) string { return quotation.ReplaceAllString(text, NotShown) }

// Redact hides the quotations in a text, except for words of the language and
// for what the source lines show anyway.
func (v Vocabulary) Redact(text string, places []diag.Place) string {
	return quotation.ReplaceAllStringFunc(text, func(quoted string) string {
		inner := quoted[1 : len(quoted)-1]
		visible := func(p diag.Place) bool { return strings.Contains(p.Line, inner) || strings.Contains(p.Block, inner) }
		if inner == "" || v.isName(inner) || slices.ContainsFunc(places, visible) {
			return quoted
		}
		return NotShown
	})
}

// WithoutValues hides values in a text, longest first, and quoted parts of them.
// Short values occur in any text, and are hidden in quotes only.
func WithoutValues(text string, values []string) string {
	const short = 3
	for _, value := range values {
		quoted := strconv.Quote(value)
		text = strings.ReplaceAll(text, quoted, NotShown)
		if len(value) > short {
			text = strings.ReplaceAll(text, value, NotShown)
			text = strings.ReplaceAll(text, quoted[1:len(quoted)-1], NotShown)
		}
	}
	return quotation.ReplaceAllStringFunc(text, func(quoted string) string {
		inner := quoted[1 : len(quoted)-1]
		if inner != "" && slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, inner) }) {
			return NotShown
		}
		return quoted
	})
}
