// Package due finds which sets at a destination are to be proven next, by a verify block.
//
//	share := due.Find(config.Verify{Level: "read", Every: month, MaxBytes: 200 << 30}, now, sets)
//	for _, c := range share.Due[:share.InBudget] { fmt.Println(c.Key, c.Proven, c.Bytes) }
//
// It is pure, and compares proofs with times: what is read, and what follows from it, is up
// to an apply and to the next plan.
package due
