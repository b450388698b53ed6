// Package diag is the problems of a configuration as a person sees them: what is
// wrong, where, with the source line and the next step.
//
//	diags := diag.Diagnostics{{
//		Severity: diag.Error, Summary: "Unsupported argument",
//		Detail: `There is no argument "hots" here. Did you mean "host"?`,
//		Places: []diag.Place{{Range: at, Line: `  hots = "nas"`, From: 2, To: 6}},
//	}}
//	diag.Write(os.Stderr, diags, false, 80)
//
// It knows nothing of HCL, and redacts nothing: what is in a Diagnostic is printed,
// with control characters escaped. Package hclconfig hides what may be a secret.
package diag
