// Package remote asks one place, and changes it, for a step of an apply. It consists of
// functions over a providers.Store and knows neither the plan nor the run.
//
//	if err := remote.Absent(ctx, store, final); err != nil {
//		return err // wraps ErrThere, or the place could not be listed
//	}
//	return remote.Rename(ctx, store, staged, final)
//
// A nil error of a store is not trusted where a listing or a size can confirm it, and an
// error is ignored where they show that the change was made: the reply was lost. No
// function deletes a file that its caller has not named or recognised.
package remote
