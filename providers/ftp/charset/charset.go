package charset

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"

	"github.com/vmxsync/vmxsync/providers"
)

// Charset is how a server writes names, where that is not UTF-8. A nil charset
// is UTF-8. The content of files is none of its business.
type Charset struct {
	name     string
	encoding encoding.Encoding
}

// IsUTF8 reports whether an encoding needs no charset.
func IsUTF8(name string) bool {
	return name == "" || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
}

// New knows the names of the IANA. WHATWG's would take ISO-8859-1 for
// Windows-1252, which has other letters in the place of control characters.
func New(name string) (*Charset, bool) {
	if IsUTF8(name) {
		return nil, true
	}
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil || e == nil {
		return nil, false
	}
	c := &Charset{name: name, encoding: e}
	return c, c.extendsASCII()
}

// ascii is all that FTP itself is written in.
const ascii = "\r\n !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// extendsASCII excludes UTF-16 and EBCDIC, and encodings that shift between
// alphabets by characters of ASCII.
func (c *Charset) extendsASCII() bool {
	if plain, err := c.encoding.NewEncoder().String(ascii); err != nil || plain != ascii {
		return false
	}
	for _, letter := range []string{"é", "я", "日", "한", "中"} {
		if b, err := c.encoding.NewEncoder().String(letter); err == nil && b[0] < 0x80 {
			return false
		}
	}
	return true
}

// Encode is text as it is sent. The byte 0xFF is a command of Telnet, and
// servers were measured to lose count of their replies over it.
func (c *Charset) Encode(text string) (string, error) {
	if c == nil {
		return text, nil
	}
	sent, err := c.encoding.NewEncoder().String(text)
	if err != nil {
		return "", fmt.Errorf("%q cannot be encoded in %s (`encoding`): %w", text, c.name, providers.ErrName)
	}
	if strings.IndexByte(sent, 0xff) >= 0 {
		return "", fmt.Errorf("%q has the byte 0xFF in %s (`encoding`), which servers mangle: %w", text, c.name, providers.ErrName)
	}
	return sent, nil
}

// Decode is the text of what was received; what is none becomes U+FFFD, which
// cannot be sent back.
func (c *Charset) Decode(raw []byte) ([]byte, error) {
	if c == nil {
		return raw, nil
	}
	return c.encoding.NewDecoder().Bytes(raw)
}

// Reader is the text of what r delivers, as Decode has it.
func (c *Charset) Reader(r io.Reader) io.Reader {
	if c == nil {
		return r
	}
	return transform.NewReader(r, c.encoding.NewDecoder())
}
