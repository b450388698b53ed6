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

// move is one step, ready to be done.
type move interface {
	// look asks the place. True means that the result is already there, which only a
	// step that was started before may report. An error means that the step must not be
	// done. It changes nothing.
	look(ctx context.Context, was journal.Status) (inPlace bool, err error)
	// act does the step after look allowed it, and asks the place again.
	act(ctx context.Context) (journal.Result, error)
}

func (x *executor) move(j *job, s diff.Step) (move, error) {
	at := at{x, j, s}
	switch s.Op {
	case diff.OpOwn:
		return own{at}, nil
	case diff.OpDisown:
		return disown{at}, nil
	case diff.OpClaim:
		return claim{at}, nil
	case diff.OpPut:
		return put{at}, nil
	case diff.OpManifest:
		return manifest{at}, nil
	case diff.OpAside:
		return aside{at}, nil
	case diff.OpPublish:
		return publish{at}, nil
	case diff.OpRelease:
		return release{at}, nil
	case diff.OpMark:
		return mark{at}, nil
	case diff.OpTrash:
		return trash{at}, nil
	case diff.OpPurge:
		return purge{at}, nil
	case diff.OpReturn:
		return restore{at}, nil
	case diff.OpSeal:
		return seal{manifest{at}}, nil
	case diff.OpCondemn:
		return condemn{trash{at}}, nil
	case diff.OpAbandon:
		return abandon{at}, nil
	case diff.OpPrune:
		return prune{at, map[string]string{}, map[string]copied{}}, nil
	case diff.OpClear:
		return clearOut{at}, nil
	}
	return nil, fmt.Errorf("unknown operation %q", s.Op)
}

// at is what every move has: the run, the job and the step.
type at struct {
	*executor
	*job
	s diff.Step
}

// walk does the steps of a job from where an earlier run left them.
func (x *executor) walk(ctx context.Context, j *job) error {
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
		if err := x.batch(ctx, j, rest[:n]); err != nil {
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

// batch does puts concurrently after the first of them, and any other step alone.
func (x *executor) batch(ctx context.Context, j *job, steps []diff.Step) error {
	if err := x.step(ctx, j, steps[0]); err != nil {
		return err
	}
	rest := steps[1:]
	return each(ctx, x.width(j.store), len(rest), func(i int) error { return x.step(ctx, j, rest[i]) })
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

// step looks, acts and records.
func (x *executor) step(ctx context.Context, j *job, s diff.Step) error {
	if err := x.turn(ctx); err != nil {
		return err
	}
	err := x.take(ctx, j, s)
	x.over()
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
		done.Path = put{at{x, j, s}}.name()
	}
	return done
}

// turn waits until one more step may be done.
func (x *executor) turn(ctx context.Context) error {
	if x.turns == nil {
		return nil
	}
	select {
	case x.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (x *executor) over() {
	if x.turns != nil {
		<-x.turns
	}
}

func (x *executor) take(ctx context.Context, j *job, s diff.Step) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m, err := x.move(j, s)
	if err != nil {
		return err
	}
	was, result := x.journal.Of(s.ID)
	inPlace, err := m.look(ctx, was)
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
		if result, err = m.act(ctx); err != nil {
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
