package providers

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes s harmless to print: what is not printable (control characters,
// the format characters that turn the direction of text, blanks other than the
// plain one, bytes that are no UTF-8) becomes a Go escape such as \x1b or
// \u202e. Printable text stays as it is.
func Escape(s string) string { return escape(s, hostile) }

// EscapeLines is Escape for text of several lines: line ends stay.
func EscapeLines(s string) string {
	return escape(s, func(r rune) bool { return r != '\n' && hostile(r) })
}

// Excerpt quotes a text of any length: its first 300 bytes.
func Excerpt(s string) string {
	const most = 300
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}

func escape(s string, hostile func(rune) bool) string {
	if strings.IndexFunc(s, hostile) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case hostile(r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// hostile is also true of the replacement character, which may stand for bytes.
func hostile(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
