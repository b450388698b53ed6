package predecessor

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Bounds of what is read: far above what people write, far below what would
// exhaust anything.
const (
	maxFile  = 1 << 20 // bytes
	maxDepth = 50      // brackets inside each other
)

// kind is the kind of a token. A mark is a kind of its own: '=', '[' and so on.
type kind rune

const (
	end     kind = -1 - iota // of the file
	newline                  // of a statement
	name
	number
	text
)

// token is the smallest part of the file that means something.
type token struct {
	kind  kind
	value string // a name, a number as it is written, what a text means
	at    Pos
}

// scanner cuts the file into tokens.
type scanner struct {
	src   string
	pos   Pos
	depth int // brackets that are open: line ends mean nothing in them
}

func newScanner(src string) *scanner { return &scanner{src: src, pos: Pos{Line: 1, Column: 1}} }

func (s *scanner) rest() string { return s.src[s.pos.Byte:] }

// advance moves past n bytes of this line.
func (s *scanner) advance(n int) {
	s.pos.Column += utf8.RuneCountInString(s.src[s.pos.Byte : s.pos.Byte+n])
	s.pos.Byte += n
}

// nextLine moves past a line end of n bytes.
func (s *scanner) nextLine(n int) {
	s.pos.Byte += n
	s.pos.Line++
	s.pos.Column = 1
}

// lineEnd is the length of the line end that s begins with; 0 without one.
func lineEnd(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case s != "" && isLineEnd(rune(s[0])):
		return 1
	}
	return 0
}

var (
	blanks  = regexp.MustCompile(`^[ \t\f]+`)
	comment = regexp.MustCompile(`^#[^\r\n]*`)
	quoted  = regexp.MustCompile(`^[A-Za-z]*["']`)
	named   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	counted = regexp.MustCompile(`^(?:0[xX][0-9A-Fa-f_]+|0[oO][0-7_]+|0[bB][01_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)[lL]?`)
)

// marks are the punctuation of literals and assignments.
const marks = "=,:;()[]{}+-"

func (s *scanner) next() (token, error) {
	s.skip()
	at, rest := s.pos, s.rest()
	switch {
	case rest == "":
		return token{kind: end, at: at}, nil
	case lineEnd(rest) > 0:
		s.nextLine(lineEnd(rest))
		return token{kind: newline, at: at}, nil
	case quoted.MatchString(rest):
		return s.text()
	case named.MatchString(rest):
		return s.take(name, named), nil
	case counted.MatchString(rest):
		return s.number()
	case strings.IndexByte(marks, rest[0]) >= 0:
		return s.mark(), nil
	}
	return token{}, broken(at, "This character is not part of a literal.", "write strings in quotes")
}

// skip advances past blanks, comments and line ends without a meaning.
func (s *scanner) skip() {
	for {
		rest := s.rest()
		switch {
		case blanks.MatchString(rest):
			s.advance(len(blanks.FindString(rest)))
		case comment.MatchString(rest):
			s.advance(len(comment.FindString(rest)))
		case s.depth > 0 && lineEnd(rest) > 0:
			s.nextLine(lineEnd(rest))
		case strings.HasPrefix(rest, `\`) && lineEnd(rest[1:]) > 0:
			s.nextLine(1 + lineEnd(rest[1:]))
		default:
			return
		}
	}
}

func (s *scanner) take(k kind, what *regexp.Regexp) token {
	t := token{kind: k, at: s.pos, value: what.FindString(s.rest())}
	s.advance(len(t.value))
	return t
}

func (s *scanner) number() (token, error) {
	t := s.take(number, counted)
	if rest := s.rest(); named.MatchString(rest) || rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return t, broken(t.at, "A number is followed by letters.", "write strings in quotes")
	}
	return t, nil
}

func (s *scanner) mark() token {
	t := token{kind: kind(s.rest()[0]), at: s.pos}
	s.advance(1)
	switch t.kind {
	case '(', '[', '{':
		s.depth++
	case ')', ']', '}':
		s.depth = max(0, s.depth-1)
	}
	return t
}
