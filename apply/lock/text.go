package lock

import (
	"io"
	"strings"
)

// text is a small body.
type text string

// Size is the number of bytes.
func (t text) Size() int64 { return int64(len(t)) }

// Open reads from offset on.
func (t text) Open(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(t[offset:]))), nil
}
