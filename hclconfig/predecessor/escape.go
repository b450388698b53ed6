package predecessor

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// short are the escapes of one letter.
var short = map[byte]string{
	'\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// escape reads one escape sequence. A backslash that begins no escape sequence
// stands for itself, as in "C:\Program Files".
func (l *literal) escape() error {
	rest := l.rest()
	if n := lineEnd(rest[1:]); n > 0 {
		l.nextLine(1 + n)
		return nil
	}
	if len(rest) == 1 {
		l.copy(1)
		return nil
	}
	c := rest[1]
	if s, ok := short[c]; ok {
		l.out.WriteString(s)
		l.advance(2)
		return nil
	}
	switch {
	case c >= '0' && c <= '7':
		return l.octal()
	case c == 'x':
		return l.hexadecimal(2)
	case c == 'u' && l.unicode:
		return l.hexadecimal(4)
	case c == 'U' && l.unicode:
		return l.hexadecimal(8)
	case c == 'N' && l.unicode:
		return broken(l.pos, "Characters by name are not supported.", "write the character itself")
	}
	l.copy(1)
	return nil
}

func (l *literal) octal() error {
	digits := l.rest()[1:]
	n := 1
	for n < 3 && n < len(digits) && digits[n] >= '0' && digits[n] <= '7' {
		n++
	}
	code, _ := strconv.ParseUint(digits[:n], 8, 32) // at most three digits
	return l.letter(rune(code), 1+n)
}

// hexadecimal reads an escape with that many digits.
func (l *literal) hexadecimal(digits int) error {
	rest := l.rest()
	code, ok := hexAt(rest, rest[1], digits)
	size := 2 + digits
	if !ok {
		return broken(l.pos, "This is not a valid escape sequence.", `a backslash itself is written \\`)
	}
	if utf16.IsSurrogate(code) {
		low, _ := hexAt(rest[size:], rest[1], digits)
		code, size = utf16.DecodeRune(code, low), 2*size
		if code == utf8.RuneError {
			return broken(l.pos, "This escape sequence is half a character.", "write the character itself")
		}
	}
	return l.letter(code, size)
}

// hexAt reads an escape such as `\x1f` at the beginning of s.
func hexAt(s string, letter byte, digits int) (rune, bool) {
	if len(s) < 2+digits || s[0] != '\\' || s[1] != letter {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:2+digits], 16, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}

// letter writes the character that an escape of size bytes stands for, or the
// byte if the string is one of bytes.
func (l *literal) letter(code rune, size int) error {
	if l.unicode {
		l.out.WriteRune(code)
	} else {
		l.out.WriteByte(byte(code)) // \400 to \777 wrap around in Python 2
	}
	l.advance(size)
	return nil
}
