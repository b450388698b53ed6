package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/schedule"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
)

// runSteps does the steps of a job from where an earlier run left them.
func (x *executor) runSteps(ctx context.Context, j *job) error {
	from, err := x.resumeAt(ctx, j)
	if err != nil {
		return err
	}
	for rest := j.Steps[from:]; len(rest) > 0; {
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
	for i, s := range slices.Backward(j.Steps) {
		was, _ := x.journal.Of(s.ID)
		if was == journal.Never || s.Op != diff.OpPublish && s.Op != diff.OpManifest && s.Op != diff.OpSeal {
			continue
		}
		inPlace, err := step.Settled(ctx, j.Env, s)
		if err != nil {
			return 0, err
		}
		if inPlace {
			return i, nil
		}
	}
	return 0, nil
}

// runBatch does puts concurrently after the first of them, and any other step alone.
func (x *executor) runBatch(ctx context.Context, j *job, steps []diff.Step) error {
	if err := x.runStep(ctx, j, steps[0]); err != nil {
		return err
	}
	rest := steps[1:]
	return schedule.Each(ctx, schedule.Width(x.opts.Parallelism, j.Store), len(rest), func(i int) error { return x.runStep(ctx, j, rest[i]) })
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
	return &step.Error{Address: j.Address, Op: s.Op, Path: p, Err: err}
}

func (x *executor) stepDone(j *job, s diff.Step) StepDone {
	done := StepDone{Address: j.Address, Step: s.ID, Op: s.Op, Bytes: s.Size}
	if s.Op == diff.OpPut {
		done.Path = step.Name(j.Env, s)
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
	m, err := step.New(s, x.env(j))
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
		if s.Op != diff.OpPut { // while files are sent, the next step and the beat check the locks
			if err := x.guard(ctx, j); err != nil {
				return err
			}
		}
		if err := x.journal.Started(s.ID); err != nil {
			return fatalError{err}
		}
		if result, err = m.Do(ctx); err != nil {
			x.recordDamage(ctx, err)
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
