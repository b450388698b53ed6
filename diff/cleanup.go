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
		s := Step{Op: OpPurge, From: x.Path}
		switch x.Kind {
		case decide.Return:
			s.Op, s.To = OpReturn, g.Destination.Layout.Path(x.Key)
		case decide.InPlace:
			s.Op, s.To, s.Expect = OpAbandon, g.Destination.Layout.Path(x.Key), x.Claim.Digest()
		case decide.Staging:
			s.Needs = markOf(g, x)
		}
		s.ID = g.Destination.Name + ":" + x.Path + "#" + string(s.Op)
		all = append(all, Cleanup{
			Place: g.Destination.Name, Kind: x.Kind, Path: x.Path, VM: g.VM,
			Files: listed(x.Files), Bytes: state.TotalBytes(x.Files), Steps: []Step{s},
		})
	}
	return all
}

// markOf is the step that writes into the staged folder, if one does.
func markOf(g *decide.Group, x decide.Leftover) []string {
	if d, _ := g.Of(x.Key); !d.Disposition.Creates() {
		return nil
	}
	return []string{g.Address(x.Key) + "#" + string(OpMark)}
}
