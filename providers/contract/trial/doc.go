// Package trial is what rules of the contract are tried with: calls of a store in a folder
// of the rule's own, and demands on what it returns.
//
//	t := &trial.Trial{Place: place}
//	t.Write(ctx, "file", "text")               // calls that have to succeed
//	t.Refused("stat", err, fs.ErrNotExist)     // a call that has to fail
//	t.Holds(ctx, "file", bodies.Text("text"))  // what the place has to show
//	return t.Err                               // the first thing that went wrong
//
// After that, no call reaches the store. AtOnce and Spread try with many callers, Begin
// with an upload that waits, and the Ledger notes what is to be swept.
package trial
