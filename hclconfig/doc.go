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
// and, if there is one, a hint. A Spec is returned only without errors, and then
// every name in it resolves and every value has been checked.
//
// Load is the order: read the files, collect their blocks, give variables and locals their
// values, decode each block, check the whole. What a block may contain is in package
// block; the packages beside it are the tools, and know no block. The tests of all of
// them are here, and go through Load.
//
// The settings of a destination belong to its driver: they are decoded by the
// hcl tags of the driver's own struct. The only provider known here by name is
// "local", the only type of source.
//
// Secrets never become values. env(), file(), command() and sensitive
// variables evaluate to an opaque providers.Reference, so that no expression,
// plan or diagnostic can contain the secret; Secrets looks it up when a place is
// opened, and works without a configuration.
//
// Nothing here connects to anything, writes anything, runs a command (except
// Secrets.Resolve for command references), or asks for the time.
package hclconfig
