package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// recordProof makes the first entry in the ledger of a destination for a set that this run
// has sent and published, if each of its files was proven by more than its size. It comes
// after the publish: no entry is of a set that was never there. One that is lost, by a crash
// or because the place refuses it, does no harm: the set is verified earlier than it had to be.
func recordProof(ctx context.Context, e task.Env) {
	level := read.LevelSent(e.Store)
	if level == "" || !e.Has(diff.OpPut) {
		return
	}
	m, _, err := manifest{task.Task{Env: e}}.document()
	if err != nil {
		return
	}
	proof, at := state.Proof{Key: e.Key, Manifest: m.Identity()}, e.Dated().UTC()
	for _, f := range m.Files {
		proof = proof.With(state.FileProof{Path: f.Path, Size: f.Size, SHA256: f.SHA256, At: at, Level: level})
	}
	if err := e.Store.Put(ctx, e.Place.WorkDir.Proof(e.Key), remote.Bytes(proof.Encode())); err != nil && ctx.Err() == nil {
		e.Remark("That its files were proven when they were sent could not be recorded: %v. vmxsync verify reads them again.", err)
	}
}
