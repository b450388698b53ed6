package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/parallel"
)

// stepper does the steps of jobs, and keeps the journal.
type stepper struct {
	journal *journal.Journal
	most    int           // steps at once; 0 leaves it to the sessions of each place
	slots   chan struct{} // one for each step that may be done at once; nil: any number
	env     func(*job) task.Env
	damage  func(ctx context.Context, found error) // records a damaged copy that a step has found
	tell    func(event.Event)
}

// run does the steps of a job from where an earlier run left them.
func (st *stepper) run(ctx context.Context, j *job) error {
	from, err := st.resumeAt(ctx, j)
	if err != nil {
		return err
	}
	return st.runSteps(ctx, j, j.Steps[from:])
}

// runSteps does steps of a job in their order.
func (st *stepper) runSteps(ctx context.Context, j *job, steps []diff.Step) error {
	for rest := steps; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(s diff.Step) bool { return s.Op != diff.OpPut })
		switch {
		case n < 0:
			n = len(rest)
		case n == 0:
			n = 1
		}
		if err := st.runBatch(ctx, j, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// resumeAt finds the first step that is not made superfluous by a later one:
// after publish, manifest or seal, nothing is left of the steps before.
func (st *stepper) resumeAt(ctx context.Context, j *job) (int, error) {
	for i, s := range slices.Backward(j.Steps) {
		was, _ := st.journal.Of(s.ID)
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

// runBatch does puts concurrently, after the first of them where its name may be stored in
// another spelling, and any other step alone.
func (st *stepper) runBatch(ctx context.Context, j *job, steps []diff.Step) error {
	rest := steps
	if len(steps) == 1 || !step.KeepsName(j.Env, steps[0]) {
		if err := st.runStep(ctx, j, steps[0]); err != nil {
			return err
		}
		rest = steps[1:]
	}
	return parallel.Each(ctx, parallel.Width(st.most, j.Store), len(rest), func(i int) error { return st.runStep(ctx, j, rest[i]) })
}

// runStep looks, acts and records.
func (st *stepper) runStep(ctx context.Context, j *job, s diff.Step) error {
	if err := st.acquire(ctx); err != nil {
		return err
	}
	err := st.performStep(ctx, j, s)
	if short, ok := errors.AsType[*step.ShortError](err); ok && !st.begun(s) {
		err = st.sendAgain(ctx, j, s, short)
	}
	st.release()
	if err == nil {
		st.tell(stepDone(j, s))
		return nil
	}
	return failed(j, s, err)
}

// failed names the step whose error that is.
func failed(j *job, s diff.Step, err error) error {
	if _, named := errors.AsType[*step.Error](err); named {
		return err
	}
	p := s.To
	if p == "" || s.Op == diff.OpPrune {
		p = s.From
	}
	return &step.Error{Address: j.Address, Op: s.Op, Path: p, Err: err}
}

// begun reports whether a step was started, now or by an earlier run.
func (st *stepper) begun(s diff.Step) bool {
	was, _ := st.journal.Of(s.ID)
	return was != journal.Never
}

// sendAgain sends, once, files that the place has acknowledged and does not have, and then
// does the step that has found that.
func (st *stepper) sendAgain(ctx context.Context, j *job, s diff.Step, short *step.ShortError) error {
	written, err := step.SendAgain(ctx, j.Env, short.Puts)
	if err != nil {
		return err
	}
	for _, put := range short.Puts {
		j.Warn("%s was acknowledged and did not arrive whole: it is sent again.", step.Name(j.Env, put))
		if err := st.performStep(ctx, j, put); err != nil {
			return failed(j, put, err)
		}
	}
	if written != nil {
		if err := st.performStep(ctx, j, *written); err != nil {
			return failed(j, *written, err)
		}
	}
	return st.performStep(ctx, j, s)
}

func stepDone(j *job, s diff.Step) event.StepDone {
	done := event.StepDone{Address: j.Address, Step: s.ID, Op: s.Op, Bytes: s.Size}
	if s.Op == diff.OpPut {
		done.Path = step.Name(j.Env, s)
	}
	return done
}

// acquire waits until one more step may be done.
func (st *stepper) acquire(ctx context.Context) error {
	if st.slots == nil {
		return nil
	}
	select {
	case st.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (st *stepper) release() {
	if st.slots != nil {
		<-st.slots
	}
}

func (st *stepper) performStep(ctx context.Context, j *job, s diff.Step) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m, err := step.New(s, st.env(j))
	if err != nil {
		return err
	}
	if _, deletes := j.Deletion(); !deletes && s.Op != diff.OpPurge {
		j.Learned.SetGroup(j.Scope(), nil)
	}
	was, result := st.journal.Of(s.ID)
	inPlace, err := m.Check(ctx, was)
	if err != nil || inPlace && was == journal.Done {
		return err
	}
	if !inPlace {
		if id := j.unmet(s); id != "" {
			return fmt.Errorf("it needs %s, which is not done", id)
		}
		if err := step.NotRead(ctx, s, j.Env); err != nil {
			return err
		}
		if step.NeedsGuard(s.Op, j.Env) {
			if err := j.Guard(ctx); err != nil {
				return err
			}
		}
		if err := st.started(s, was); err != nil {
			return fatalError{err}
		}
		if result, err = m.Do(ctx); err != nil {
			st.damage(ctx, err)
			return err
		}
	}
	if err := st.done(s, result); err != nil {
		return fatalError{err}
	}
	return nil
}

// started records that a step is about to act. A file that was once done is believed by its
// size: that it is sent again has to be durable before the first byte of it.
func (st *stepper) started(s diff.Step, was journal.Status) error {
	if s.Op == diff.OpPut && was != journal.Done {
		return st.journal.StartedSending(s.ID)
	}
	return st.journal.Started(s.ID)
}

func (st *stepper) done(s diff.Step, r journal.Result) error {
	if s.Op == diff.OpPut {
		return st.journal.DoneSending(s.ID, r)
	}
	return st.journal.Done(s.ID, r)
}
