package predecessor

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// byteOrderMark begins files of Windows' editors.
const byteOrderMark = "\ufeff"

// cookie is how a Python file names its encoding, in its first two lines.
var cookie = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`)

// encodings are the usual encodings of one byte per character, by Python's names.
var encodings = map[string]encoding.Encoding{
	"latin-1": charmap.ISO8859_1, "latin1": charmap.ISO8859_1, "l1": charmap.ISO8859_1,
	"iso-8859-1": charmap.ISO8859_1, "iso8859-1": charmap.ISO8859_1,
	"iso-8859-2": charmap.ISO8859_2, "iso8859-2": charmap.ISO8859_2, "latin2": charmap.ISO8859_2,
	"iso-8859-15": charmap.ISO8859_15, "iso8859-15": charmap.ISO8859_15, "latin9": charmap.ISO8859_15,
	"cp1250": charmap.Windows1250, "windows-1250": charmap.Windows1250,
	"cp1251": charmap.Windows1251, "windows-1251": charmap.Windows1251,
	"cp1252": charmap.Windows1252, "windows-1252": charmap.Windows1252,
	"cp437": charmap.CodePage437, "cp850": charmap.CodePage850, "cp852": charmap.CodePage852,
	"koi8-r": charmap.KOI8R,
}

// unicodes are the names of encodings without a table: ASCII is part of UTF-8.
var unicodes = map[string]bool{"": true, "utf-8": true, "utf8": true, "utf-8-sig": true, "ascii": true, "us-ascii": true}

// decode is the file as text.
func decode(src []byte) (string, *Problem) {
	if len(src) > maxFile {
		return "", broken(Pos{Line: 1, Column: 1}, fmt.Sprintf("The file is larger than %d KiB.", maxFile>>10), "")
	}
	text := strings.TrimPrefix(string(src), byteOrderMark)
	name, line := declared(text)
	table := encodings[name]
	switch {
	case table != nil:
		out, err := table.NewDecoder().String(text)
		if err != nil {
			return "", broken(Pos{Line: line, Column: 1}, "The file is not in the encoding that it declares.", asUTF8)
		}
		return out, nil
	case !unicodes[name]:
		return "", broken(Pos{Line: line, Column: 1}, "The encoding that is declared here is unknown.", asUTF8)
	case !utf8.ValidString(text):
		return "", broken(notUTF8(text), "This line is not UTF-8, and no encoding is declared.", asUTF8)
	}
	return text, nil
}

const asUTF8 = "save the file as UTF-8, and without a line that declares another encoding"

// declared is the encoding that the file names, and where.
func declared(text string) (name string, line int) {
	for i, l := range firstLines(text) {
		if m := cookie.FindStringSubmatch(l); m != nil {
			return strings.ReplaceAll(strings.ToLower(m[1]), "_", "-"), i + 1
		}
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			break
		}
	}
	return "", 1
}

func firstLines(text string) []string {
	lines := strings.FieldsFunc(strings.ReplaceAll(text[:min(len(text), 2<<10)], "\r\n", "\n"), isLineEnd)
	return lines[:min(len(lines), 2)]
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' }

// notUTF8 is the first position that is not UTF-8.
func notUTF8(text string) Pos {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			before := text[:i]
			start := strings.LastIndex(before, "\n") + 1
			return Pos{Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[start:]), Byte: i}
		}
	}
	return Pos{Line: 1, Column: 1}
}
