// Package flags is what a person asks of a plan with flags, and how patterns name sets.
//
// An address is "nas", "nas/Bart" or "nas/Bart/2026-11-21-010000". A pattern names an
// address, and all that lies in it: "nas/*" names everything at nas. A pattern that is the
// exact name of something names that alone:
//
//	o := flags.Options{Target: []string{"nas/web[1]"}}.Among(addresses)
//	o.Selects("nas/web[1]/2026-11-21-010000") // true; "nas/web1/…" is not selected
//
// It is pure, knows no plan, and decides nothing.
package flags
