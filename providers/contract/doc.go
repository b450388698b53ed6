// Package contract is the law of providers.Store as a table of named rules.
//
// A rule is tried on a store, in a scratch folder of its own, by calling
// nothing but the store's methods. The same table is run by the tests of every
// store and wrapper (package providertest) and by `vmxsync check` against a
// user's own server, so that a server that breaks a promise is found before a
// backup depends on it:
//
//	err := contract.Run(ctx, contract.Env{Store: store, Dir: ".vmxsync/check-1"},
//		func(r contract.Rule, err error) { fmt.Println(r.Promise, err) })
//
// A rule that cannot be tried at a place says why, by a NotApplicable error;
// it is never left out without a report. For one that does not hold, Rule has what
// vmxsync does about it and what the owner of the place can do.
//
// Nothing outside Env.Dir is ever written, also where the store under trial
// breaks its rules; a folder that is there already is refused, and what a rule
// made is swept away after it. Rules never assert how long something takes:
// Env.Patience only tells a slow call from one that hangs.
package contract
