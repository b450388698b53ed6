// Package limits keeps what a file can make the program do far below what exhausts its
// stack or its memory, and far above what a configuration needs.
//
//	if diags := limits.CheckNesting(src, name); diags.HasErrors() {
//		return diags // before it is parsed
//	}
//	limits.Meter(body)         // before it is evaluated
//	spent := &limits.Spending{} // of all expressions of a configuration
//
// hclsyntax has no limits of its own: it recurses, and an expression of three lines can
// have a result larger than any memory.
package limits
