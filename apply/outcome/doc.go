// Package outcome says how an apply ended: the result of each change, the sums over them,
// and what failed for the same reason.
//
//	result, err := apply.Run(ctx, plan, opts)
//	for _, cause := range result.Causes() {
//		fmt.Println(cause.Say()) // "7 sets failed at small: no space left ..."
//	}
//
// It is pure, and has no way to change what is reported.
package outcome
