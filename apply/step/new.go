package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/prune"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
)

// Step is one step of a job, ready to be done.
type Step interface {
	// Check asks the place. True means that the result is already there, which only a
	// step that was started before may report. An error means that the step must not be
	// done. It changes nothing.
	Check(ctx context.Context, was journal.Status) (inPlace bool, err error)
	// Do does the step after Check allowed it, and asks the place again.
	Do(ctx context.Context) (journal.Result, error)
}

// New makes a step of the job of env ready to be done.
func New(s diff.Step, env task.Env) (Step, error) {
	t := task.Task{Env: env, Step: s}
	switch s.Op {
	case diff.OpOwn:
		return &own{Task: t}, nil
	case diff.OpDisown:
		return disown{t}, nil
	case diff.OpClaim:
		return claim{t}, nil
	case diff.OpPut:
		return put{t}, nil
	case diff.OpManifest:
		return manifest{t}, nil
	case diff.OpAside:
		return aside{t}, nil
	case diff.OpPublish:
		return publish{t}, nil
	case diff.OpRelease:
		return release{t}, nil
	case diff.OpMark:
		return mark{t}, nil
	case diff.OpSums:
		return sums{t}, nil
	case diff.OpTrash:
		return trash{t}, nil
	case diff.OpPurge:
		return purge{t}, nil
	case diff.OpReturn:
		return restore{t}, nil
	case diff.OpSeal:
		return seal{manifest{t}}, nil
	case diff.OpMarkDelete:
		return markDeletion{trash{t}}, nil
	case diff.OpAbandon:
		return abandon{t}, nil
	case diff.OpPrune:
		return prune.New(t), nil
	case diff.OpClear:
		return prune.Clear{Task: t}, nil
	}
	return nil, fmt.Errorf("unknown operation %q", s.Op)
}
