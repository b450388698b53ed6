package apply

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/parallel"
)

// runChains runs chains concurrently: for each place as many as it has sessions, and no
// place waits for another. They take turns, so that the newest set of each VM is sent
// before the second newest of any VM.
func (w *worker) runChains(ctx context.Context, chains []*chain) error {
	if w.most == 1 {
		return w.inTurns(ctx, 1, chains)
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
	return parallel.Each(ctx, len(queues), len(queues), func(i int) error {
		return w.inTurns(ctx, parallel.Width(w.most, queues[i][0].jobs[0].Store), queues[i])
	})
}

// inTurns works on at most width jobs of the chains at once.
func (w *worker) inTurns(ctx context.Context, width int, chains []*chain) error {
	slots := make(chan struct{}, width)
	return parallel.InTurns(ctx, width, len(chains), func(i int) (bool, error) {
		return w.takeTurn(ctx, chains[i], slots)
	})
}

// takeTurn does the next jobs of a chain in order, up to and with one upload, or several
// small ones at once, and with all that follows its last one; it reports whether any are
// left. After a failure no delete follows, but uploads do: a smaller one may still fit.
// slots holds one element for each job under way at the place.
func (w *worker) takeTurn(ctx context.Context, c *chain, slots chan struct{}) (more bool, err error) {
	sent := false
	for len(c.left) > 0 {
		now := c.atOnce(w.outcomes.width(c, cap(slots)))
		if now[0].Has(diff.OpPut) && sent {
			return true, nil
		}
		if err := w.runAtOnce(ctx, c, now, slots); err != nil {
			return false, err
		}
		sent = sent || now[0].Has(diff.OpPut)
		c.left = c.left[len(now):]
	}
	return false, nil
}

// runAtOnce does jobs of a chain that do not depend on each other, or deletes together.
func (w *worker) runAtOnce(ctx context.Context, c *chain, now []*job, slots chan struct{}) error {
	if _, deletes := now[0].Deletion(); deletes {
		return w.delete(ctx, c, now, slots)
	}
	broke := make([]bool, len(now))
	err := parallel.Each(ctx, len(now), len(now), func(i int) error {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { <-slots }()
		var err error
		broke[i], err = w.runNext(ctx, c, now[i])
		return err
	})
	for i, j := range now {
		c.ended(j, broke[i])
	}
	return err
}

// runNext does a job of a chain, unless the failure of another one forbids it, and reports
// whether it breaks the chain.
func (w *worker) runNext(ctx context.Context, c *chain, j *job) (broke bool, err error) {
	if !w.allowed(c, j) {
		return j.outcome.Status == outcome.StatusCancelled, nil
	}
	if err := w.runJob(ctx, j); err != nil {
		return false, err
	}
	w.outcomes.noteFull(c, j)
	return breaks(j), nil
}

// allowed reports whether the jobs of its chain before it let a job begin; if not, its
// outcome is noted.
func (w *worker) allowed(c *chain, j *job) bool {
	if because := w.hindrance(c, j); because != nil {
		w.outcomes.cancel(j, because)
		return false
	}
	if c.waits != nil && j.Deletes() {
		w.outcomes.postpone(j, errFollows(c.waits))
		return false
	}
	return true
}

// hindrance is the job whose failure forbids this one; nil if none does.
func (w *worker) hindrance(c *chain, j *job) *job {
	if c.broken != nil && j.Deletes() {
		return c.broken
	}
	if j.Has(diff.OpPut) && j != c.newest {
		return w.outcomes.firstWithoutRoom(c, j.Place.Name)
	}
	return nil
}

// breaks reports whether later deletes of the chain must not happen. A delete that
// could not remove every file has still left the group as planned; at a source, deletes
// do not depend on each other.
func breaks(j *job) bool {
	if j.outcome.Status != outcome.StatusFailed || j.Has(diff.OpPrune) {
		return false
	}
	deletion, ok := j.Deletion()
	return !ok || !j.isDone(deletion.ID)
}
