// Package verify proves that the copies of sets still hold what their manifests say.
//
//	r, err := verify.Run(ctx, copies, verify.Options{Level: verify.Read, MaxBytes: 50 << 30, Now: time.Now})
//	for _, s := range r.Sets { fmt.Println(s.Address(), s.Verdict()) }
//
// The copy whose proof is oldest comes first. What was proven is recorded at the place
// (state.Proof), so that the next run begins with what this one has not reached, also in the
// middle of a file. A file that does not fit is read a second time before it is called
// damaged, and what cannot be asked is called neither good nor damaged.
//
// Nothing but these records is written, and nothing is concluded here: what follows from a
// damage is up to the next plan.
package verify
