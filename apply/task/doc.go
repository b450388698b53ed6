// Package task holds what the steps of a plan work with, as values: the job that a step
// belongs to, what the plan and this run know of it, and the stores of its places.
//
//	t := task.Task{Env: env, Step: s} // env is the same for all steps of a job
//	if t.Seen && task.SameSet(t.Observed, set) {
//		... // the set is as the plan saw it
//	}
//
// It asks no place and changes none: how a step is done is in apply/step and
// apply/prune. Nothing in it can reach the run, the schedule or another job.
package task
