// Package step does the single operations of a plan: one file per operation, or two.
//
//	s, err := step.New(planned, env)
//	done, err := s.Check(ctx, was) // asks the place, changes nothing
//	if err == nil && !done {
//		result, err = s.Do(ctx) // acts, and asks the place again
//	}
//
// A step knows its task.Env and nothing else, reports by events, and cannot reach the run,
// the schedule or another job.
//
// Whoever adds an operation adds its file with Check and Do, and a line in New. How a
// destination gives a set its final name is behind publishing: byRename and inPlace.
//
// Callers may rely on this: no step deletes a set that is unlike what the plan saw, or
// whose loss would leave fewer than min_keep counted sets; no step trusts a nil error of
// a store where a listing can confirm it; a step that was done before finds that out.
package step
