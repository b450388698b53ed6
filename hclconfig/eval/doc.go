// Package eval evaluates the expressions of a configuration: it knows the names that
// these may refer to, and reports those that they may not.
//
//	locals, diags := eval.CollectLocals(blocks)
//	scope := eval.NewScope(dir, variables, addresses, locals)
//	diags = append(diags, locals.Evaluate(scope)...)
//	value, more := scope.Eval(attr.Expr)
//
// A block is referred to as a whole, by its Address; a secret is an opaque reference. What
// could not be evaluated is an unknown value, so that each error is reported once.
package eval
