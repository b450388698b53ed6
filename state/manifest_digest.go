package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Digest is the SHA-256, in hex, of what a manifest holds about its set: the files
// with their sums. It is the same in every format that holds so much.
func (m *Manifest) Digest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", m.Key)
	for _, f := range m.Files {
		fmt.Fprintf(sum, "%q %d %s\n", f.Path, f.Size, f.SHA256)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Identity is a digest, in hex, of the contents of a manifest and of the run that wrote
// it: a set that was sent again has another one.
func (m *Manifest) Identity() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q\n", m.Digest(), m.Run))
	return hex.EncodeToString(sum[:])
}
