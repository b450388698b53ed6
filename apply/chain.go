package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/schedule"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// chain is all changes of one scope, in the order of the plan: the unit of failure.
// Chains do not depend on each other.
type chain struct {
	scope  string
	jobs   []*job
	next   int  // of the jobs: those before it were begun
	broken *job // the first that failed or was cancelled; nil if none
}

func (c *chain) fail(j *job) {
	if c.broken == nil {
		c.broken = j
	}
}

// firstUpload is the upload of the newest set that the destination lacks; nil if the
// chain sends nothing.
func (c *chain) firstUpload() *job {
	i := slices.IndexFunc(c.jobs, func(j *job) bool { return j.Has(diff.OpPut) })
	if i < 0 {
		return nil
	}
	return c.jobs[i]
}

// chains groups the changes into chains, ordered by their first change. The jobs of a
// chain are sorted by rank, not by the plan. The chains of destinations come first,
// those of sources second: they rely on the sets that are at the destinations by then.
func (x *executor) chains() (all [2][]*chain) {
	of := map[string]*chain{}
	for _, j := range x.jobs {
		if j.Change.Address == "" {
			continue
		}
		c := of[j.Scope()]
		if c == nil {
			c = &chain{scope: j.Scope()}
			of[c.scope] = c
			phase := 0
			if j.Place.Role == diff.SourceRole {
				phase = 1
			}
			all[phase] = append(all[phase], c)
		}
		c.jobs = append(c.jobs, j)
	}
	for _, c := range of {
		slices.SortStableFunc(c.jobs, func(a, b *job) int { return a.Rank() - b.Rank() })
	}
	return all
}

// work does all jobs: roots, cleanups, the chains, and then the cleanups that need a
// step of a chain. Its error ends the apply; the failure of a single job is in the
// job's outcome.
func (x *executor) work(ctx context.Context) error {
	x.tell(x.started())
	var late []*job
	for _, j := range x.jobs {
		switch {
		case j.Change.Address != "":
		case x.waits(j):
			late = append(late, j)
		default:
			if err := x.runJob(ctx, j); err != nil {
				return err
			}
		}
	}
	x.tellRoom(ctx)
	for _, chains := range x.chains() {
		if err := x.runChains(ctx, chains); err != nil {
			return err
		}
	}
	return x.afterwards(ctx, late)
}

// runChains runs chains concurrently: for each place as many as it has sessions, and no
// place waits for another. They take turns, so that the newest set of each VM is sent
// before the second newest of any VM.
func (x *executor) runChains(ctx context.Context, chains []*chain) error {
	if x.opts.Parallelism == 1 {
		return schedule.InTurns(ctx, 1, len(chains), func(i int) (bool, error) { return x.runChain(ctx, chains[i]) })
	}
	var queues [][]*chain
	at := map[string]int{}
	for _, c := range chains {
		place := c.jobs[0].Place.Name
		i, ok := at[place]
		if !ok {
			i = len(queues)
			at[place], queues = i, append(queues, nil)
		}
		queues[i] = append(queues[i], c)
	}
	return schedule.Each(ctx, len(queues), len(queues), func(i int) error {
		queue := queues[i]
		return schedule.InTurns(ctx, schedule.Width(x.opts.Parallelism, queue[0].jobs[0].Store), len(queue), func(n int) (bool, error) { return x.runChain(ctx, queue[n]) })
	})
}

// waits reports whether a cleanup needs a step of a change.
func (x *executor) waits(j *job) bool {
	return slices.ContainsFunc(j.Steps, func(s diff.Step) bool {
		return slices.ContainsFunc(s.Needs, func(id string) bool { return x.owners[id] != j })
	})
}

// afterwards does the cleanups that waited, unless the step that they need failed.
func (x *executor) afterwards(ctx context.Context, late []*job) error {
	for _, j := range late {
		if because := x.owners[x.unmet(j.Steps[0])]; because != nil {
			x.cancel(j, because)
			continue
		}
		if err := x.runJob(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

func (x *executor) started() Started {
	s := Started{Changes: len(x.plan.Changes), Cleanups: len(x.plan.Cleanups)}
	for _, j := range x.jobs {
		if j.Has(diff.OpPut) {
			s.Bytes += j.Change.Bytes
		}
	}
	return s
}

// runChain does the next jobs of a chain in order, up to and with one upload, and with
// all that follows its last one; it reports whether any are left. After a failure no
// delete follows, but uploads do: a smaller one may still fit.
func (x *executor) runChain(ctx context.Context, c *chain) (more bool, err error) {
	sent := false
	for ; c.next < len(c.jobs); c.next++ {
		j := c.jobs[c.next]
		if j.Has(diff.OpPut) && sent {
			return true, nil
		}
		if because := x.hindrance(c, j); because != nil {
			x.cancel(j, because)
			c.fail(j)
			continue
		}
		if err := x.runJob(ctx, j); err != nil {
			return false, err
		}
		sent = sent || j.Has(diff.OpPut)
		if x.breaks(j) {
			c.fail(j)
		}
		x.noteFull(c, j)
	}
	return false, nil
}

// hindrance is the job whose failure forbids this one; nil if none does.
func (x *executor) hindrance(c *chain, j *job) *job {
	if c.broken != nil && j.Deletes() {
		return c.broken
	}
	if j.Has(diff.OpPut) && j != c.firstUpload() {
		return x.firstWithoutRoom(c, j.Place.Name)
	}
	return nil
}

// breaks reports whether later deletes of the chain must not happen. A delete that
// could not remove every file has still left the group as planned; at a source, deletes
// do not depend on each other.
func (x *executor) breaks(j *job) bool {
	if j.outcome.Status != StatusFailed || j.Has(diff.OpPrune) {
		return false
	}
	deletion, ok := j.Deletion()
	return !ok || !x.isDone(deletion.ID)
}

func (x *executor) cancel(j, because *job) {
	err := fmt.Errorf("%s: %w, because %s failed", j.Address, ErrCancelled, because.Address)
	x.conclude(j, StatusCancelled, err)
	x.tell(Cancelled{j.Address, err})
}

// runJob works on one job and notes its outcome. It returns only what ends the
// whole apply: the end of ctx, and a journal that cannot be written.
func (x *executor) runJob(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if root := x.failedRoot(j); root != nil {
		x.cancel(j, root)
		return nil
	}
	if first := x.stopper(); first != nil {
		x.cancel(j, first)
		return nil
	}
	if err := x.obstacle(j); err != nil {
		x.fail(j, err)
		return nil
	}
	_, goes := j.Deletion()
	if goes {
		x.announce(ctx, j.Place)
	}
	j.outcome.Earlier = !slices.ContainsFunc(j.Steps, func(s diff.Step) bool { return !x.isDone(s.ID) })
	x.tell(ChangeStarted{j.Address, j.Change.Action, j.outcome.Bytes, j.Has(diff.OpPut), j.outcome.Earlier})
	err := x.runSteps(ctx, j)
	if goes {
		x.announceAgain(ctx, j.Place)
	}
	switch {
	case err == nil:
		x.conclude(j, StatusDone, nil)
		x.tell(ChangeDone{j.Address, j.Change.Action, j.outcome.Bytes, j.outcome.Earlier})
	case j.Has(diff.OpPrune) && errors.Is(err, providers.ErrInUse) && !errors.Is(err, step.ErrAside):
		x.conclude(j, StatusSkipped, err)
		x.tell(Skipped{j.Address, err})
	case isFatal(err):
		x.fail(j, err)
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", j.Address, errors.Join(ctx.Err(), err))
	default:
		x.fail(j, x.makeRoom(ctx, j, err))
	}
	return nil
}

func (x *executor) fail(j *job, err error) {
	x.conclude(j, StatusFailed, err)
	x.tell(Failed{j.Address, err})
}

// stopper is the job whose failure stops all further jobs; nil if no job did.
func (x *executor) stopper() *job {
	x.ending.Lock()
	defer x.ending.Unlock()
	if !x.opts.FailFast {
		return nil
	}
	return x.failed
}

// conclude notes how a job ended. Other goroutines may read it with ended.
func (x *executor) conclude(j *job, s Status, err error) {
	x.ending.Lock()
	defer x.ending.Unlock()
	j.outcome.Status, j.outcome.Err = s, err
	if s == StatusFailed && x.failed == nil {
		x.failed = j
	}
}

func (x *executor) ended(j *job) Status {
	x.ending.Lock()
	defer x.ending.Unlock()
	return j.outcome.Status
}

// failedRoot: no job runs at a place whose root could not be claimed, and for a place
// that could not be read one failure is enough.
func (x *executor) failedRoot(j *job) *job {
	lost := x.lost[j.Place.Name] != nil
	for _, other := range x.jobs {
		if other == j {
			if lost {
				return nil
			}
			continue
		}
		if other.Place.Name == j.Place.Name && (lost || other.Has(diff.OpOwn) && x.ended(other) == StatusFailed) {
			return other
		}
	}
	return nil
}
