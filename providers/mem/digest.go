package mem

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
)

// Digest is a checksum of everything that the store has: names, kinds, contents and
// times. Calls of stores with the same digest and options have the same effects.
func (s *Store) Digest() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.digest == "" {
		sum := sha256.Sum256(s.root.appendTo(nil))
		s.digest = hex.EncodeToString(sum[:])
	}
	return s.digest
}

// appendTo writes the node and all below it, each part with its length before it.
func (n *node) appendTo(b []byte) []byte {
	b = appendText(b, string(n.kind))
	b = binary.AppendVarint(b, n.modTime.UnixNano())
	b = appendText(b, n.content)
	b = binary.AppendUvarint(b, uint64(len(n.entries)))
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		b = appendText(b, name)
		b = n.entries[name].appendTo(b)
	}
	return b
}

func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}
