package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Digest is the SHA-256, in hex, of what a manifest says of its set: the files with
// their sums. It is the same in every format that says so much.
func (m *Manifest) Digest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", m.Key)
	for _, f := range m.Files {
		fmt.Fprintf(sum, "%q %d %s\n", f.Path, f.Size, f.SHA256)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
