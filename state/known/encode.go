package known

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// The errors of Decode.
var (
	// ErrTorn: it is cut, damaged, or not a record at all.
	ErrTorn = errors.New("record is torn")
	// ErrNewer: it was written by a newer vmxsync.
	ErrNewer = errors.New("record is of a newer format")
)

const (
	format = "vmxsync.known/"
	// MaxSize is the size of the largest record that is read or written, in bytes:
	// some 130,000 sets.
	MaxSize = 64 << 20
)

// Encode writes the record: a line with the format and the SHA-256 of the rest,
// then one JSON document. A record that is too large to be read again is an error.
func (r *Record) Encode() ([]byte, error) {
	body, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return nil, err
	}
	body = append(body, '\n')
	data := append(fmt.Appendf(nil, "%s1 %x\n", format, sha256.Sum256(body)), body...)
	if len(data) > MaxSize {
		return nil, fmt.Errorf("record of %d sets has %d bytes, at most %d are read", len(r.Sets), len(data), MaxSize)
	}
	return data, nil
}

// Decode reads what Encode wrote, and any other bytes without harm. Its errors
// wrap ErrTorn or ErrNewer.
func Decode(data []byte) (*Record, error) {
	line, body, whole := bytes.Cut(data, []byte("\n"))
	version, sum, _ := strings.Cut(string(line), " ")
	major, ours := strings.CutPrefix(version, format)
	switch {
	case len(data) > MaxSize || !whole || !ours:
		return nil, fmt.Errorf("%w: its first line is not that of a record", ErrTorn)
	case major != "1":
		return nil, fmt.Errorf("%w: %.40q", ErrNewer, version)
	}
	if got := sha256.Sum256(body); sum != hex.EncodeToString(got[:]) {
		return nil, fmt.Errorf("%w: its digest does not match", ErrTorn)
	}
	r := &Record{}
	if err := json.Unmarshal(body, r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTorn, err)
	}
	if err := r.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTorn, err)
	}
	return r, nil
}

// Check proves what the methods rely on: keys in order, valid times, possible numbers
// and valid sums.
func (r *Record) Check() error {
	if r.Seq < 0 {
		return errors.New("negative sequence")
	}
	keys := make([]Key, len(r.Sets))
	for i, s := range r.Sets {
		if s.Files < 0 || s.Bytes < 0 || s.Bytes > 1<<53 {
			return fmt.Errorf("set %q has an invalid size", s.Key)
		}
		keys[i] = s.Key
	}
	accepted := make([]Key, len(r.Accepted))
	for i, a := range r.Accepted {
		accepted[i] = a.Key
	}
	return errors.Join(checkKeys(keys), checkKeys(accepted), checkFindings(r.Findings), checkVerdicts(r.Verdicts), checkRoom(r.Room), checkSourced(r.Sourced), r.Server.Check())
}
