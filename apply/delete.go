package apply

import (
	"context"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/apply/task"
)

// delete deletes sets of one VM together: each is moved to trash, or marked, after what
// justifies that was checked; then one listing proves all of them; then their files are
// deleted. So no file is deleted before a listing that was made after its set was moved
// has shown the sets that justify it.
func (w *worker) delete(ctx context.Context, c *chain, now []*job, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-slots }()
	var moved []*job
	for _, j := range now {
		is, err := w.move(ctx, c, j)
		if err != nil {
			return err
		}
		if is {
			moved = append(moved, j)
		}
	}
	return w.empty(ctx, c, moved)
}

// move does the first step of a delete, and reports whether the others may follow.
func (w *worker) move(ctx context.Context, c *chain, j *job) (moved bool, err error) {
	if !w.allowed(c, j) {
		c.ended(j, j.outcome.Status == outcome.StatusCancelled)
		return false, nil
	}
	begun, err := w.begin(ctx, j)
	if err != nil {
		return false, err
	}
	if begun {
		if err = w.steps.runStep(ctx, j, j.Steps[0]); err == nil {
			return true, nil
		}
		err = w.end(ctx, j, err)
	}
	c.ended(j, breaks(j))
	return false, err
}

// empty does the steps of deletes that follow the first one, each while its proof counts.
func (w *worker) empty(ctx context.Context, c *chain, moved []*job) error {
	var proven proof
	for i, j := range moved {
		if i == 0 || !proven.counts(j.Now()) {
			proven = w.steps.prove(ctx, moved[i:], i == 0 && len(moved) == 1)
		}
		err := proven.failed[j]
		if err == nil {
			err = w.steps.runSteps(ctx, j, j.Steps[1:])
		}
		if err := w.end(ctx, j, err); err != nil {
			return err
		}
		c.ended(j, breaks(j))
	}
	return nil
}

// proof is that the files of sets may be deleted, which were moved together.
type proof struct {
	failed map[*job]error
	until  time.Time // when it has to be given again
}

func (p proof) counts(now time.Time) bool { return now.Before(p.until) }

// prove proves what Confirm does for jobs of one chain, under their locks: these were seen
// before each set was moved, which is enough for one that was moved just now. Where the
// proof fails, the first step of the job is not done, whatever the place has replied.
func (st *stepper) prove(ctx context.Context, jobs []*job, justNow bool) proof {
	p := proof{failed: map[*job]error{}}
	var begun []*job
	var deletions []task.Task
	for _, j := range jobs {
		if j.Upload.Trashed || j.Upload.Marked {
			begun = append(begun, j)
			deletions = append(deletions, task.Task{Env: st.env(j), Step: j.Steps[0]})
		}
	}
	if len(begun) == 0 {
		return p
	}
	var errs []error
	if err := st.ready(ctx, begun[0], justNow); err != nil {
		errs = slices.Repeat([]error{err}, len(begun))
	} else {
		errs, p.until = step.Confirm(ctx, deletions)
		st.release()
	}
	for i, j := range begun {
		if errs[i] != nil {
			p.failed[j] = st.undone(j, errs[i])
		}
	}
	return p
}

// ready waits until a step may be done, and proves that the locks are held.
func (st *stepper) ready(ctx context.Context, j *job, justNow bool) error {
	if err := st.acquire(ctx); err != nil {
		return err
	}
	if justNow {
		return nil
	}
	err := j.Guard(ctx)
	if err != nil {
		st.release()
	}
	return err
}

// undone records that the first step of a delete has to be done again, and names it.
func (st *stepper) undone(j *job, err error) error {
	if recorded := st.journal.Started(j.Steps[0].ID); recorded != nil {
		return fatalError{recorded}
	}
	return failed(j, j.Steps[0], err)
}
