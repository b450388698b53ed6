package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// A text file of ours ends with the line "# end COUNT DIGEST": how many files it names,
// and the SHA-256 of all lines before it. A text without that line is torn.

// WithEnd is the text, whole lines, with its last line.
func WithEnd(text []byte, count int) []byte {
	return fmt.Appendf(text, "# end %d %x\n", count, sha256.Sum256(text))
}

// CutEnd proves the last line and returns all that is before it. Its errors wrap ErrTorn.
func CutEnd(data []byte) (text []byte, count int, err error) {
	i := bytes.LastIndex(data, []byte("\n# end "))
	if i < 0 || !bytes.HasSuffix(data, []byte("\n")) {
		return nil, 0, torn("its last line is missing")
	}
	text = data[:i+1]
	fields := strings.Fields(string(data[i+1:]))
	sum := sha256.Sum256(text)
	if len(fields) != 4 || fields[3] != hex.EncodeToString(sum[:]) {
		return nil, 0, torn("its digest does not match")
	}
	if count, err = strconv.Atoi(fields[2]); err != nil {
		return nil, 0, torn("its count is not a number")
	}
	return text, count, nil
}
