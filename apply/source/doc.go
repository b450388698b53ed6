// Package source reads at a source what an apply sends, or deletes there: a set, compared
// with what was planned, and a file that is hashed as it is sent.
//
//	body := source.NewBody(ctx, store, file, source.Reading{Told: progress})
//	if err := destination.Put(ctx, path, body); err != nil {
//		return source.Blame(ctx, store, file, err) // the file may have changed meanwhile
//	}
//	sum, err := body.Sum()
//
// It changes nothing. A file or a set that is not as planned is ErrChanged; an error of
// the source while the destination reads from it is an *Error.
package source
