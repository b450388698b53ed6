// Package diff compares what is with what is wanted and makes a Plan: every
// upload, delete and keep with its reasons.
//
// It is pure. It reads no clock, no disk and no network; the same Input gives
// the same Plan, byte for byte. What it needs to know comes in as
// inventories, what the user wants as a state.Spec, the time as a value.
//
// A Plan is data. It goes into a file (see package planfile), a person reads it through
// package render, and package apply carries it out and decides nothing. Its steps are not
// part of it: Expand derives them.
package diff
