package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// step is one step, ready to be done.
type step interface {
	// Check asks the place. True means that the result is already there, which only a
	// step that was started before may report. An error means that the step must not be
	// done. It changes nothing.
	Check(ctx context.Context, was journal.Status) (inPlace bool, err error)
	// Do does the step after Check allowed it, and asks the place again.
	Do(ctx context.Context) (journal.Result, error)
}

func (x *executor) newStep(j *job, s diff.Step) (step, error) {
	env := stepEnv{x, j, s}
	switch s.Op {
	case diff.OpOwn:
		return own{env}, nil
	case diff.OpDisown:
		return disown{env}, nil
	case diff.OpClaim:
		return claim{env}, nil
	case diff.OpPut:
		return put{env}, nil
	case diff.OpManifest:
		return manifest{env}, nil
	case diff.OpAside:
		return aside{env}, nil
	case diff.OpPublish:
		return publish{env}, nil
	case diff.OpRelease:
		return release{env}, nil
	case diff.OpMark:
		return mark{env}, nil
	case diff.OpTrash:
		return trash{env}, nil
	case diff.OpPurge:
		return purge{env}, nil
	case diff.OpReturn:
		return restore{env}, nil
	case diff.OpSeal:
		return seal{manifest{env}}, nil
	case diff.OpMarkDelete:
		return markDeletion{trash{env}}, nil
	case diff.OpAbandon:
		return abandon{env}, nil
	case diff.OpPrune:
		return prune{env, map[string]string{}, map[string]copied{}}, nil
	case diff.OpClear:
		return clearOut{env}, nil
	}
	return nil, fmt.Errorf("unknown operation %q", s.Op)
}

// stepEnv is what every step has: the run, the job and the step.
type stepEnv struct {
	*executor
	*job
	s diff.Step
}

// runSteps does the steps of a job from where an earlier run left them.
func (x *executor) runSteps(ctx context.Context, j *job) error {
	from, err := x.resumeAt(ctx, j)
	if err != nil {
		return err
	}
	for rest := j.steps[from:]; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(s diff.Step) bool { return s.Op != diff.OpPut })
		switch {
		case n < 0:
			n = len(rest)
		case n == 0:
			n = 1
		}
		if err := x.runBatch(ctx, j, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// resumeAt finds the first step that is not made superfluous by a later one:
// after publish, manifest or seal, nothing is left of the steps before.
func (x *executor) resumeAt(ctx context.Context, j *job) (int, error) {
	for i, s := range slices.Backward(j.steps) {
		was, _ := x.journal.Of(s.ID)
		if was == journal.Never || s.Op != diff.OpPublish && s.Op != diff.OpManifest && s.Op != diff.OpSeal {
			continue
		}
		inPlace, err := x.settled(ctx, j, s)
		if err != nil {
			return 0, err
		}
		if inPlace {
			return i, nil
		}
	}
	return 0, nil
}

// settled reports whether a complete set of this run is where the step puts it.
func (x *executor) settled(ctx context.Context, j *job, s diff.Step) (bool, error) {
	if s.Op != diff.OpPublish {
		return x.sentWhole(ctx, j)
	}
	_, err := x.wholeSet(ctx, j, s.To)
	if errors.Is(err, errNotWhole) {
		return false, nil
	}
	return err == nil, err
}

// runBatch does puts concurrently after the first of them, and any other step alone.
func (x *executor) runBatch(ctx context.Context, j *job, steps []diff.Step) error {
	if err := x.runStep(ctx, j, steps[0]); err != nil {
		return err
	}
	rest := steps[1:]
	return each(ctx, x.width(j.store), len(rest), func(i int) error { return x.runStep(ctx, j, rest[i]) })
}

// width is the most calls that may be made at a store at once.
func (x *executor) width(store providers.Store) int {
	if store == nil { // it could not be opened
		return 1
	}
	width := store.Traits().Sessions
	if x.opts.Parallelism > 0 {
		width = min(width, x.opts.Parallelism)
	}
	return width
}

// runStep looks, acts and records.
func (x *executor) runStep(ctx context.Context, j *job, s diff.Step) error {
	if err := x.acquire(ctx); err != nil {
		return err
	}
	err := x.performStep(ctx, j, s)
	x.release()
	if err == nil {
		x.tell(x.stepDone(j, s))
		return nil
	}
	p := s.To
	if p == "" || s.Op == diff.OpPrune {
		p = s.From
	}
	return &StepError{j.address, s.Op, p, err}
}

func (x *executor) stepDone(j *job, s diff.Step) StepDone {
	done := StepDone{Address: j.address, Step: s.ID, Op: s.Op, Bytes: s.Size}
	if s.Op == diff.OpPut {
		done.Path = put{stepEnv{x, j, s}}.name()
	}
	return done
}

// acquire waits until one more step may be done.
func (x *executor) acquire(ctx context.Context) error {
	if x.slots == nil {
		return nil
	}
	select {
	case x.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (x *executor) release() {
	if x.slots != nil {
		<-x.slots
	}
}

func (x *executor) performStep(ctx context.Context, j *job, s diff.Step) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m, err := x.newStep(j, s)
	if err != nil {
		return err
	}
	was, result := x.journal.Of(s.ID)
	inPlace, err := m.Check(ctx, was)
	if err != nil || inPlace && was == journal.Done {
		return err
	}
	if !inPlace {
		if id := x.unmet(s); id != "" {
			return fmt.Errorf("it needs %s, which is not done", id)
		}
		if err := x.guard(ctx, j, s.Op); err != nil {
			return err
		}
		if err := x.journal.Started(s.ID); err != nil {
			return fatalError{err}
		}
		if result, err = m.Do(ctx); err != nil {
			return err
		}
	}
	if err := x.journal.Done(s.ID, result); err != nil {
		return fatalError{err}
	}
	return nil
}

// unmet is the first step that must be done before s and is not; "" if none.
func (x *executor) unmet(s diff.Step) string {
	for _, id := range s.Needs {
		if !x.isDone(id) {
			return id
		}
	}
	return ""
}

func (x *executor) isDone(id string) bool {
	was, _ := x.journal.Of(id)
	return was == journal.Done
}
