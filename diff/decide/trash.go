package decide

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// replacedFor is how long a set that was replaced stays in trash at least.
const replacedFor = 7 * 24 * time.Hour

// runTime is how run ids begin: 20261122T233212Z-6f1c0e8a2b9d.
const runTime = "20060102T150405Z"

// RunTime reads the time at which the run of that id began.
func RunTime(run string) (time.Time, bool) {
	if len(run) < len(runTime) {
		return time.Time{}, false
	}
	t, err := time.Parse(runTime, run[:len(runTime)])
	return t, err == nil
}

// emptyTrash decides what is done with the trash of the group. It comes after the
// creates, which decide on names that are absent now, and before the deletes,
// which wait for a later plan where a set is moved back from trash.
func emptyTrash(g *Group) {
	back := map[state.Stamp]bool{}
	doubted := len(g.Suspects()) > 0 || g.Overwritten
	for _, t := range slices.Backward(g.Trash) { // the newest run of a set first
		if !usable(g, t.Path, t.Files) {
			continue
		}
		switch {
		case len(t.Stuck) > 0:
			g.note(g.NoteOf(&notice.Stuck, t.Path, t.Stuck[0]))
		case !t.Replaced && staysInTrash(g, t, doubted):
			n := g.NoteOf(&notice.Trash, t.Path, providers.Duration(g.Destination.TrashKeep).String())
			n.Bytes = t.Bytes()
			g.note(n)
		case !t.Replaced:
			g.discard(Leftover{Key: t.Key, Kind: Trash, Path: t.Path, Files: t.Files})
		case missing(g, t.Key) && !back[t.Stamp]:
			back[t.Stamp] = true
			g.holdBack("nothing is deleted while a replaced set is moved back from trash")
			g.discard(Leftover{Key: t.Key, Kind: Return, Path: t.Path, Files: t.Files})
		case replacedIsObsolete(g, t):
			g.discard(Leftover{Key: t.Key, Kind: Trash, Path: t.Path, Files: t.Files})
		}
	}
}

// staysInTrash reports whether a deleted set has not been in trash for long enough. Where
// trash is kept, a set of unknown age stays, and where sets are doubted,
// suspicious or overwritten at the source, all of them stay: they may be the last good ones.
func staysInTrash(g *Group, t state.Trashed, doubted bool) bool {
	at, ok := RunTime(t.Run)
	keep := g.Destination.TrashKeep
	return keep > 0 && (!ok || g.World.Now.Sub(at) < keep || doubted)
}

// missing reports whether the final name is known to be absent, and stays so.
func missing(g *Group, k state.Key) bool {
	d, ok := g.Of(k)
	return g.Unknown == nil && (!ok || d.Remote == nil && !d.Disposition.Creates())
}

// replacedIsObsolete reports whether a replaced set is no longer of any use.
func replacedIsObsolete(g *Group, t state.Trashed) bool {
	at, ok := RunTime(t.Run)
	d, there := g.Of(t.Key)
	return ok && there && g.World.Now.Sub(at) > replacedFor && d.Remote != nil && d.State == state.Complete
}
