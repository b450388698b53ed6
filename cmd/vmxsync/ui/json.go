package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// PrintJSON writes a JSON document to stdout, which may be a terminal.
func (u *UI) PrintJSON(doc string) { u.Print(escapeJSON(doc)) }

// escapeJSON writes characters that are not printable as JSON escapes, which mean the
// same: JSON allows unescaped control characters above 0x7f, and those that change
// the direction of text. Such characters occur in strings only. A byte that is not
// UTF-8 becomes the replacement character.
func escapeJSON(doc string) string {
	if strings.IndexFunc(doc, needsEscape) < 0 {
		return doc
	}
	var b strings.Builder
	for _, r := range doc {
		switch {
		case !needsEscape(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func needsEscape(r rune) bool {
	return r == utf8.RuneError || !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r'
}
