package diff

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/vmxsync/vmxsync/state"
)

// RunDigest stands for the id of a run, which may be any text that a destination holds.
func RunDigest(run string) string {
	sum := sha256.Sum256([]byte(run))
	return hex.EncodeToString(sum[:])
}

// GroupSum is a sum over the names and state.Digests of the sets that stand at their final
// names in one group, in whatever order they came: a set comes and goes without a look at
// the others, of which there may be thousands. The zero value is that of an empty group.
//
// It adds up 2,048 bits of each set: with fewer, whoever chooses the sets could find other
// ones of the same sum.
type GroupSum [32]uint64

// Add adds a set, which must not be in it.
func (g *GroupSum) Add(name state.Stamp, digest string) {
	for i, n := range termOf(name, digest) {
		g[i] += n
	}
}

// Remove takes a set out again.
func (g *GroupSum) Remove(name state.Stamp, digest string) {
	for i, n := range termOf(name, digest) {
		g[i] -= n
	}
}

// termOf is what one set adds.
func termOf(name state.Stamp, digest string) (term [32]uint64) {
	text := append([]byte{0}, string(name)+" "+digest...)
	for i := 0; i < len(term); i += 4 {
		text[0] = byte(i)
		sum := sha256.Sum256(text)
		for n := range 4 {
			term[i+n] = binary.BigEndian.Uint64(sum[8*n:])
		}
	}
	return term
}

// Digest is the SHA-256 of the sum, in hex. Expand expects it of the steps before a
// delete, apply measures it just before.
func (g GroupSum) Digest() string {
	var data []byte
	for _, n := range g {
		data = binary.BigEndian.AppendUint64(data, n)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// GroupDigest is the Digest of a group with those sets.
func GroupDigest(sets map[state.Stamp]string) string {
	var g GroupSum
	for name, digest := range sets {
		g.Add(name, digest)
	}
	return g.Digest()
}
