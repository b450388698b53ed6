// Package observe brings together what places hold and what is wanted of it: it is the
// first of the three passes that make a plan.
//
// A Group is one VM at one destination, with the backup that decides about it. A Candidate
// is one set of it, as it is at the destination, at the source and in staging, with its
// Condition: in which state it is, and in which way it could come to count.
//
//	w := observe.NewWorld(spec, inventories, now, flags)
//	groups, notes, err := observe.Observe(w, destination, observe.Queue{})
//	groups[0].Candidates[0].Condition // {Complete, ByUpload, …}: not there yet
//
// It is pure, asks no retention, and decides nothing: see package decide.
package observe
