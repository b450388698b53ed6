// Package likeness compares a set with the other sets of its VM: a backup program that
// failed leaves a set that looks finished, and has less in it.
//
//	before := []likeness.Likeness{likeness.Of("2026-11-20-010000", files, nil)}
//	why := likeness.Of("2026-11-21-010000", fewer, nil).Unlike(before, 50)
//
// It is pure, and knows nothing of places and plans.
package likeness
