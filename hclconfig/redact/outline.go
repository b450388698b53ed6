package redact

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// span is a part of a file, in bytes.
type span struct{ from, to int }

func (s span) holds(offset int) bool { return s.from <= offset && offset < s.to }

// passage is a part of a file that holds a value, or what may be meant as one.
type passage struct {
	span
	kind passageKind
}

type passageKind int

const (
	quotedText passageKind = iota // with its quotes; up to the line end if no quote closes it
	heredoc                       // its lines
	bareWord                      // a number, or a word that refers to nothing that is known
	comment                       // the text after its sign
)

// outline separates the names of arguments and blocks, the outline of a file,
// from everything else, which may be a secret. It accepts any bytes, also those
// of a file that does not parse: a quote ends with its line, as the language
// demands, so that a missing quote does not swap what is inside and outside of
// quotes.
type outline struct {
	src   []byte
	pos   int
	known Vocabulary
	names map[string]bool // what a for expression names
	words map[int]bool    // where the parser reads a word; nil: the file parses

	before byte // the last byte of this line that is not a blank; 0 at its begin
	found  []passage
}

// passages are the parts of the file outside of its outline, in order and
// without overlaps.
func (o *outline) passages() []passage {
	for o.pos < len(o.src) {
		o.step()
	}
	return o.found
}

func (o *outline) rest() []byte { return o.src[o.pos:] }

func (o *outline) step() {
	rest, c := o.rest(), o.src[o.pos]
	r, size := utf8.DecodeRune(rest)
	switch {
	case c == '\n':
		o.before = 0
		o.pos++
	case c == ' ' || c == '\t' || c == '\r' || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cf, r):
		o.pos += size
	case c == '#':
		o.lineComment(1)
	case bytes.HasPrefix(rest, []byte("//")):
		o.lineComment(2)
	case bytes.HasPrefix(rest, []byte("/*")):
		o.blockComment()
	case c == '"':
		o.add(quotedText, o.pos, closed(o.src, o.pos))
	case bytes.HasPrefix(rest, []byte("<<")):
		o.heredoc()
	case isWordByte(c):
		o.word()
	case bytes.IndexByte([]byte("=,()[]{}:?!<>&|+-*/%."), c) >= 0:
		o.before = c
		o.pos++
	default: // the language has no such sign outside of quotes
		o.bare(o.pos, o.pos+size)
	}
}

// add records a passage and continues after it.
func (o *outline) add(kind passageKind, from, to int) {
	if to > from {
		o.found = append(o.found, passage{span{from, to}, kind})
	}
	o.pos, o.before = to, '"'
}

// lineComment hides a comment up to the end of its line.
func (o *outline) lineComment(sign int) {
	from := o.pos + sign
	to := lineEnd(o.src, from)
	for from < to && o.src[from] == ' ' {
		from++
	}
	o.add(comment, from, to)
}

func (o *outline) blockComment() {
	from, to := o.pos+2, len(o.src)
	next := to
	if n := bytes.Index(o.src[from:], []byte("*/")); n >= 0 {
		to = from + n
		next = to + 2
	}
	before := o.before
	o.add(comment, from, to)
	o.pos, o.before = next, before
}

// heredoc hides everything from its sign up to the line with the mark that ends
// it. Without such a line it hides the rest of the file, as the parser reads it.
func (o *outline) heredoc() {
	o.pos += 2
	if o.pos < len(o.src) && o.src[o.pos] == '-' {
		o.pos++
	}
	from, end := o.pos, lineEnd(o.src, o.pos)
	mark := bytes.Trim(o.src[from:end], " \t\"'")
	usual := isHeredocMark(mark)
	if usual {
		from = end
	}
	for at := end + 1; at < len(o.src) && len(mark) > 0; {
		to := lineEnd(o.src, at)
		switch {
		case !bytes.Equal(bytes.TrimSpace(o.src[at:to]), mark):
			at = to + 1
			continue
		case usual:
			o.add(heredoc, from, at)
			o.pos = to
		default:
			o.add(heredoc, from, to)
		}
		return
	}
	o.add(heredoc, from, len(o.src))
}

// isHeredocMark reports whether mark is one that people use, such as EOT and END:
// any other could be the text itself.
func isHeredocMark(mark []byte) bool {
	return len(mark) > 0 && len(mark) <= 16 && bytes.IndexFunc(mark, func(r rune) bool { return (r < 'A' || r > 'Z') && r != '_' }) < 0
}

// word shows or hides a word by its context.
func (o *outline) word() {
	from := o.pos
	to := from
	for to < len(o.src) && isWordByte(o.src[to]) {
		to++
	}
	word := string(o.src[from:to])
	switch {
	case o.isName(word, to):
		o.shown(to)
	case o.known.Roots[word] && o.follows(to, ".["), o.names[word]:
		o.reference(to)
	case o.isBlock(word, to):
		o.shown(to)
		o.labels(o.known.Labels[word])
	case o.known.Words[word], o.known.Functions[word] && o.follows(to, "("):
		o.shown(to)
	default:
		o.bare(from, to)
	}
}

func (o *outline) shown(to int) { o.pos, o.before = to, 'a' }

// next is the first byte behind blanks, and 0 at the end of the line.
func (o *outline) next(from int) (c byte, at int) {
	for at = from; at < len(o.src); at++ {
		switch o.src[at] {
		case ' ', '\t':
		case '\r', '\n':
			return 0, at
		default:
			return o.src[at], at
		}
	}
	return 0, at
}

func (o *outline) follows(at int, any string) bool {
	return at < len(o.src) && bytes.IndexByte([]byte(any), o.src[at]) >= 0
}

// isName reports whether the word is the name of the value after it. A name that
// no block has must be followed by a value: the last line of a key in base64
// looks like a name and an equals sign, too. In a file that does not parse the
// parser must not take it for a part of a string, and the text before a colon
// can be anything.
func (o *outline) isName(word string, end int) bool {
	const longest = 64
	if bytes.IndexByte([]byte("\x00{,}"), o.before) < 0 || len(word) > longest {
		return false
	}
	sign, at := o.next(end)
	if sign != '=' && sign != ':' || o.follows(at+1, "=>") {
		return false
	}
	value, _ := o.next(at + 1)
	plain := sign == '=' || o.words == nil && o.before != 0
	return o.known.Attributes[word] || value != 0 && plain && (o.words == nil || o.words[o.pos])
}

func (o *outline) isBlock(word string, end int) bool {
	if bytes.IndexByte([]byte("\x00{}"), o.before) < 0 {
		return false
	}
	if _, known := o.known.Labels[word]; known {
		return true
	}
	next, _ := o.next(end)
	return o.words == nil && o.before == 0 && (next == '{' || next == '"')
}

// labels shows the labels of a block, as many as its type has.
func (o *outline) labels(n int) {
	for ; n > 0; n-- {
		c, at := o.next(o.pos)
		if c != '"' {
			return
		}
		end := closed(o.src, at)
		if o.src[end-1] != '"' || end == at+1 {
			return
		}
		o.shown(end)
	}
}

// reference shows the names after the root of a reference.
func (o *outline) reference(end int) {
	for end+1 < len(o.src) && o.src[end] == '.' && (isWordByte(o.src[end+1]) || o.src[end+1] == '*') {
		end++
		for end < len(o.src) && (isWordByte(o.src[end]) || o.src[end] == '*') {
			end++
		}
	}
	o.shown(end)
}

// bare hides a word and the signs next to it: it may be a password with its
// quotes left out.
func (o *outline) bare(from, to int) {
	glued := func(c byte) bool { return bytes.IndexByte([]byte(" \t\r\n,()[]{}\""), c) < 0 }
	for to < len(o.src) && glued(o.src[to]) {
		to++
	}
	least := 0
	if n := len(o.found); n > 0 {
		least = o.found[n-1].to
	}
	for from > least && glued(o.src[from-1]) && o.src[from-1] != '=' && o.src[from-1] != ':' {
		from--
	}
	o.add(bareWord, from, to)
}

func isWordByte(c byte) bool {
	return c == '_' || c == '-' || c >= utf8.RuneSelf || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// lineEnd is where the line ends that holds an offset: before its newline and,
// as Windows writes it, the return before that.
func lineEnd(src []byte, offset int) int {
	end := len(src)
	if n := bytes.IndexByte(src[offset:], '\n'); n >= 0 {
		end = offset + n
	}
	if end > offset && src[end-1] == '\r' {
		end--
	}
	return end
}

// closed is where the quote at an offset ends: behind the quote that closes it,
// or at the end of the line. Expressions in it may have quotes of their own.
func closed(src []byte, open int) int {
	const deepest = 100
	end := lineEnd(src, open)
	modes := []byte{'"'} // innermost last: in quotes, in an expression, in its braces
	for i := open + 1; i < end; i++ {
		c, mode := src[i], modes[len(modes)-1]
		switch {
		case mode == '"' && c == '\\':
			i++
		case mode == '"' && (c == '$' || c == '%') && i+1 < end && src[i+1] == '{':
			modes = append(modes, '{')
			i++
		case mode == '"' && (c == '$' || c == '%') && i+1 < end && src[i+1] == c:
			i++
		case c == '"' && mode == '"', c == '}' && mode == '{':
			modes = modes[:len(modes)-1]
		case c == '"', c == '{' && mode == '{':
			modes = append(modes, c)
		}
		if len(modes) == 0 {
			return i + 1
		}
		if len(modes) > deepest {
			return end
		}
	}
	return end
}
