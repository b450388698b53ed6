// Package problem makes the diagnostics of the language: what is wrong, with a way out,
// at a place of a file, between two places, or in no file at all.
//
//	return problem.Problem{
//		Summary: "Invalid limit",
//		Detail:  "min_loss is 0.",
//		Hint:    "write a number of sets of at least 1",
//	}.At(attr.Expr.Range())
//
// A summary has no names, the detail has them. It knows nothing of files: the package
// read adds the source lines, and hides what may be a secret.
package problem
