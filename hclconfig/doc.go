// Package hclconfig turns the files of a configuration directory into a
// state.Spec, or into diagnostics that show where they are wrong.
//
//	spec, secrets, diags := hclconfig.Load(hclconfig.Options{
//		Dir:     ".",
//		Drivers: drivers,
//		Env:     os.LookupEnv,
//	})
//
// All problems are reported in one run, each with its place, the source line
// and, where there is one, a way out. A Spec is returned only if there is no
// error, and then every name in it resolves and every value has been checked.
//
// The settings of a destination belong to its driver: they are decoded by a
// walk over the hcl tags of the driver's own struct. No provider is known
// here by name but "local", the only type of source.
//
// Secrets never become values. env(), file(), command() and sensitive
// variables evaluate to an opaque providers.Reference, so that no expression,
// plan or diagnostic can hold what they stand for; Secrets looks that up when
// a place is opened, and works without a configuration.
//
// Nothing here connects to anything, writes anything, runs a command (except
// Secrets.Resolve for command references), or asks for the time.
package hclconfig
