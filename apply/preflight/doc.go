// Package preflight asks the places, before the first step of an apply, whether the plan
// still holds: whose the roots are, whether each set is as the plan saw it or as this run
// has left it, whether the sets at the sources are unchanged, and how much of the plan is
// done.
//
//	report, err := preflight.Check(ctx, preflight.Input{Plan: plan, Jobs: jobs, Stores: stores, Journal: j})
//	if errors.Is(err, preflight.ErrStale) {
//		return err // nothing was changed
//	}
//
// It changes nothing. If the journal was lost, it finds out what this run had done by
// what is at the places: uploads by the run id in their manifests, deletes by the absence
// of what they name. A group that cannot be read stops its own jobs alone.
package preflight
