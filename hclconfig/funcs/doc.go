// Package funcs is the functions of the language: those of terraform that depend on their
// arguments only, and env, file and command, which make references to secrets.
//
//	ctx := &hcl.EvalContext{Functions: funcs.All(dir)}
//	password := funcs.ReferenceValue(providers.Reference{Kind: providers.EnvReference, Name: "NAS"})
//
// A reference is an opaque value: an expression hands it on unchanged, and every other
// use is an error. No function reads a file, the environment, a clock, or makes random
// numbers: the same files have the same values.
package funcs
