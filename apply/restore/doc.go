// Package restore brings sets back: it carries out a plan of package diff/restore.
//
//	r, err := restore.Run(ctx, plan, restore.Options{Stores: stores, Target: folder, Events: print})
//	if errors.Is(err, restore.ErrPartial) { ... r.Failures() ... }
//
// The files of a set are collected in a hidden folder beside its name, and each is proven:
// block by block where the set has block sums, else by its sum, else by its size. The
// folder gets its name when all are there: a set is there whole, or not at all. After a run
// that was killed the same plan continues: what is proven is not fetched again.
//
// A place that fails, or delivers other bytes, is asked once more, then another that holds
// the same file. Nothing at the destinations is changed, and no file below the target is
// overwritten that a restore has not put there.
package restore
