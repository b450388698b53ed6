package diff

import (
	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/state"
)

// The kinds of cleanups.
const (
	StagingCleanup = decide.Staging
	InPlaceCleanup = decide.InPlace
	TrashCleanup   = decide.Trash
	ReturnCleanup  = decide.Return
)

// cleanups are those of the leftovers of a group.
func cleanups(g *decide.Group) (all []Cleanup) {
	for _, x := range g.Cleaned() {
		c := Cleanup{
			Place: g.Destination.Name, Kind: x.Kind, Path: x.Path, VM: g.VM,
			Files: listed(x.Files), Bytes: state.TotalBytes(x.Files),
		}
		if x.Kind == decide.InPlace {
			c.Claim = x.Claim.Digest()
		}
		all = append(all, c)
	}
	return all
}
