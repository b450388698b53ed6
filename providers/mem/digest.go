package mem

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// Digest is a checksum of everything that the store has: names, kinds, contents and
// times. Calls of stores with the same digest and options have the same effects.
func (s *Store) Digest() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := sha256.New()
	s.root.digest(h)
	return hex.EncodeToString(h.Sum(nil))
}

func (n *node) digest(h hash.Hash) {
	fmt.Fprintf(h, "%v %d %d %d\n", n.kind, n.modTime.UnixNano(), len(n.content), len(n.entries))
	h.Write(n.content)
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		fmt.Fprintf(h, "%q\n", name)
		n.entries[name].digest(h)
	}
}
