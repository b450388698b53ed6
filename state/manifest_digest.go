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

// Identity is a digest, in hex, of what a manifest says and of the run that wrote it:
// it tells a set that was sent again from the one before it.
func (m *Manifest) Identity() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q\n", m.Digest(), m.Run))
	return hex.EncodeToString(sum[:])
}
