package predecessor

import (
	"strings"
	"unicode/utf8"
)

// literal is one text between quotes that is being read.
type literal struct {
	*scanner
	start   Pos
	quote   string // one quote, or three
	raw     bool   // backslashes are backslashes
	unicode bool   // \u is an escape, and \x a letter, not a byte
	out     strings.Builder
}

// text reads a text with its prefix.
func (s *scanner) text() (token, error) {
	l := &literal{scanner: s, start: s.pos}
	prefix := quoted.FindString(s.rest())
	prefix = strings.ToLower(prefix[:len(prefix)-1])
	switch prefix {
	case "", "b":
	case "r", "br", "rb":
		l.raw = true
	case "u":
		l.unicode = true
	case "ur":
		l.raw, l.unicode = true, true
	case "f", "fr", "rf", "t", "tr", "rt":
		return token{}, notLiteral(s.pos, "This string is computed from other values.", "write the value itself, without the letter in front")
	default:
		return token{}, broken(s.pos, "These letters are not a valid string prefix.", "write the string without letters in front")
	}
	s.advance(len(prefix))
	l.open()
	if err := l.read(); err != nil {
		return token{}, err
	}
	value := l.out.String()
	if !utf8.ValidString(value) {
		return token{}, broken(l.start, "The bytes of this string are not UTF-8.", `write the characters themselves, as u"..."`)
	}
	return token{kind: text, at: l.start, value: value}, nil
}

// open reads the opening quotes.
func (l *literal) open() {
	rest := l.rest()
	l.quote = rest[:1]
	if triple := strings.Repeat(l.quote, 3); strings.HasPrefix(rest, triple) {
		l.quote = triple
	}
	l.advance(len(l.quote))
}

func (l *literal) read() error {
	for {
		rest := l.rest()
		n := lineEnd(rest)
		switch {
		case strings.HasPrefix(rest, l.quote):
			l.advance(len(l.quote))
			return nil
		case rest == "", n > 0 && len(l.quote) == 1:
			return broken(l.start, "This string is not closed.", "close it with the quote that it begins with")
		case n > 0:
			l.out.WriteByte('\n')
			l.nextLine(n)
		case rest[0] == '\\':
			if err := l.backslash(); err != nil {
				return err
			}
		default:
			_, size := utf8.DecodeRuneInString(rest)
			l.copy(size)
		}
	}
}

// copy copies n bytes of this line unchanged.
func (l *literal) copy(n int) {
	l.out.WriteString(l.rest()[:n])
	l.advance(n)
}

// backslash reads an escape sequence.
func (l *literal) backslash() error {
	if !l.raw {
		return l.escape()
	}
	rest := l.rest()
	if l.unicode && len(rest) > 1 && (rest[1] == 'u' || rest[1] == 'U') {
		return broken(l.pos, `Python 2 reads \u as an escape here, Python 3 does not.`, "write the character itself, and the string without r")
	}
	l.copy(1)
	rest = l.rest()
	if n := lineEnd(rest); n > 0 {
		l.out.WriteByte('\n')
		l.nextLine(n)
	} else if rest != "" {
		_, size := utf8.DecodeRuneInString(rest)
		l.copy(size)
	}
	return nil
}
