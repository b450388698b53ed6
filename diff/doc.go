// Package diff compares what is with what is wanted and makes a Plan: every
// upload, delete and keep with its reasons, and the steps that carry it out.
//
//	plan, err := diff.Compute(diff.Input{Spec: spec, Inventories: inventories, Now: now, Prove: prove})
//
// A plan is made in three passes over values, destination by destination. Package observe
// brings together what places hold of each VM; package decide finds one disposition for each
// set; schedule.go puts the changes in order. Compute joins these parts, then prunes the
// sources and has its guards judge the whole. To change
//
//   - what a set counts as: observe/judge.go
//   - what becomes of it: a pass of decide, and the table in its test
//   - the order of changes: schedule.go
//   - what is reported: a kind in package notice
//
// It is pure. It reads no clock, no disk and no network; the same Input gives the same Plan,
// byte for byte. What it needs to know comes in as inventories, what the user wants as a
// state.Spec, the time as a value; only Prove asks for more.
//
// A Plan is data. It goes into a file (see Saved), a person reads it through
// package render, and package apply carries it out and decides nothing.
package diff
