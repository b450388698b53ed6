// Package prune deletes sets at their source that were uploaded: the only operations that
// change a source.
//
//	p := prune.New(t) // of the task of an OpPrune
//	done, err := p.Check(ctx, was)
//	if err == nil && !done {
//		_, err = p.Do(ctx)
//	}
//
// Prune proves that each copy which justifies the delete is complete (ground.go), that the
// local files are still what was sent (sums.go), and that the copies still hold these bytes
// (readback.go). Only then it moves the set aside, and proves it once more. Clear deletes
// what was moved aside.
package prune
