package known

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Key names a set: a VM and a time such as "2026-11-21-010000".
type Key struct {
	VM   string `json:"vm"`
	Time string `json:"time"`
}

// Compare orders keys by VM, then by time, oldest first.
func (k Key) Compare(o Key) int { return cmp.Or(cmp.Compare(k.VM, o.VM), cmp.Compare(k.Time, o.Time)) }

// stamp is how the time of a set is written.
const stamp = "2006-01-02-150405"

// EncodeKeys writes keys, one a line.
func EncodeKeys(keys []Key) []byte {
	var b bytes.Buffer
	for _, k := range keys {
		fmt.Fprintf(&b, "%s/%s\n", k.VM, k.Time)
	}
	return b.Bytes()
}

// DecodeKeys reads what EncodeKeys wrote; a line that is cut or no key is skipped.
func DecodeKeys(data []byte) (keys []Key) {
	for line := range strings.Lines(string(data)) {
		text, whole := strings.CutSuffix(line, "\n")
		vm, at, _ := strings.Cut(text, "/")
		k := Key{VM: vm, Time: at}
		if whole && checkKeys([]Key{k}) == nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, Key.Compare)
	return slices.Compact(keys)
}

func checkKeys(keys []Key) error {
	for i, k := range keys {
		t, err := time.Parse(stamp, k.Time)
		if err != nil || t.Format(stamp) != k.Time || k.VM == "" || strings.ContainsAny(k.VM, "/\n") {
			return fmt.Errorf("%q is not a set", k)
		}
		if i > 0 && keys[i-1].Compare(k) >= 0 {
			return fmt.Errorf("%q is not in order", k)
		}
	}
	return nil
}
