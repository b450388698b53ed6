package known

import (
	"strings"
	"unicode/utf8"
)

// Texts are cut to so many bytes: a record is bounded.
const (
	maxFile = 4 << 10
	maxWhy  = 4 << 10 // it may name a file
)

// cut shortens a text to limit bytes, and replaces bytes that no text has.
func cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	for len(text) > limit {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
	}
	return text
}
