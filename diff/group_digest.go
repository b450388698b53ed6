package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state"
)

// RunDigest stands for the id of a run, which may be any text that a destination holds.
func RunDigest(run string) string {
	sum := sha256.Sum256([]byte(run))
	return hex.EncodeToString(sum[:])
}

// GroupDigest is the SHA-256, in hex, over the names and state.Digests of the
// sets that stand at their final names in one group. Expand expects it of the
// steps before a delete, apply measures it just before.
func GroupDigest(sets map[state.Stamp]string) string {
	var b strings.Builder
	for _, stamp := range slices.Sorted(maps.Keys(sets)) {
		fmt.Fprintf(&b, "%s %s\n", stamp, sets[stamp])
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}
