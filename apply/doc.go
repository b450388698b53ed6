// Package apply carries out a diff.Plan and decides nothing: it has no retention and no
// idea of its own of what should be where.
//
//	result, err := apply.Run(ctx, plan, apply.Options{Run: runID, Stores: stores, Journal: j})
//
// First it locks the destinations that change, lists what the plan is about to touch,
// and compares that with what the plan saw. A difference is ErrStale, and nothing was
// changed. Then come the plan's own steps: owner files, cleanups, and one chain per
// destination and VM, in which deletes follow uploads. A lock that was lost ends the
// apply before its next change.
//
// Whoever reads the package begins with run.go, which has the order of a run, and work.go,
// which does its jobs; executor.go joins the parts. What is asked before is in
// apply/preflight, what a single step does in apply/step and apply/prune.
//
// A step asks the place first: the result is already there, or what it needs is there, or
// an error. Then the journal records that the step was started, and after it that it is
// done. A killed apply that runs again asks first, and so finds what it had done, whether
// the journal had recorded it or not.
//
// Callers may rely on this, whatever process or connection dies:
//
//   - A set at its final name is complete, or was there before.
//   - No set is deleted that the plan does not name, that is unlike what the
//     plan saw, or whose loss would leave fewer than min_keep counted sets.
//   - A failed upload cancels the deletes of its chain, and nothing else; so does a
//     group that cannot be read. A full place is left to the uploads that may still
//     fit.
//   - A nil error of a store is not trusted if a listing can confirm it.
//   - Sources are only read, except for the sets that the plan prunes there, and for
//     what an earlier prune has left.
package apply
