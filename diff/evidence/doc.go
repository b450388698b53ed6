// Package evidence collects what is known of the backups of each VM at each destination: the
// newest one, when one was last proven, when one was last restored, and what is overdue.
//
//	r := evidence.Collect(evidence.Input{Spec: spec, Standings: standings, Proofs: proofs, Drills: drills, Now: now})
//	for _, row := range r.Rows { row.Newest, row.Proof, row.Drill, row.Overdue }
//
// It is pure, and judges nothing by other rules than those of the configuration.
package evidence
