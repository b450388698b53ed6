package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// byRename sends a set to the staged folder, and renames the whole folder to its final
// name.
type byRename struct{ task.Env }

func (r byRename) sendTo() string { return r.Place.WorkDir.StagedSet(r.Key) }

func (r byRename) where() string { return "staged set" }

func (r byRename) moves() known.Moves { return known.MovesFolders }

func (r byRename) claimed(c *state.Claim) bool { return !c.InPlace }

func (r byRename) vacant(ctx context.Context, staged state.Staged) error {
	if !staged.Claim.Governs() {
		return nil
	}
	return remote.Absent(ctx, r.Store, r.Final())
}

// unfinished: another apply may be about to publish the set, and a plan that was made now
// would. A replace may have been planned beside a whole one, and names the run that made
// it.
func (r byRename) unfinished(staged state.Staged, expect string) error {
	m := staged.Set.Manifest
	if m == nil || diff.RunDigest(m.Run) == expect || staged.Set.State != state.Complete || !state.SameContent(staged.Set.Files, r.Change.Files) {
		return nil
	}
	if written, _ := r.First(diff.OpManifest); m.Run == r.Run {
		if was, _ := r.Journal.Of(written.ID); was != journal.Never {
			return nil // by this run
		}
	}
	return providers.WithHint(fmt.Errorf("%s was completed by run %s after this plan was made", staged.Path, m.Run),
		"A concurrent apply completed this set: plan again, and the new plan publishes it.")
}

func (r byRename) left(_ context.Context, staged state.Staged) ([]state.File, error) {
	return staged.Set.Files, nil
}

func (r byRename) unseal(context.Context) error { return nil }

func (r byRename) vacate(context.Context) error { return nil }
