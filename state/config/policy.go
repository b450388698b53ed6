package config

import "github.com/vmxsync/vmxsync/state"

// Policy is one retention block. A policy without a rule that keeps thins
// nothing: it keeps everything, up to its caps.
type Policy struct {
	Name string

	// The count rules: the newest set of each of the last N periods that have
	// one. -1: of all; 0: the rule is not used. KeepLast counts the sets.
	KeepLast, KeepHourly, KeepDaily, KeepWeekly, KeepMonthly, KeepYearly int
	// The window rules: what is newer than the newest candidate less the span,
	// all of it or the newest set of each period. Zero: not used.
	KeepWithin, KeepWithinHourly, KeepWithinDaily, KeepWithinWeekly, KeepWithinMonthly, KeepWithinYearly Span
	// KeepOldest lets a rule that has not used up its number keep the oldest
	// candidate as well. The configuration's default is true.
	KeepOldest bool
	KeepAll    bool // keep_all is set

	MinKeep int  // at least 1: so many of the newest candidates are untouchable
	MinAge  Span // nothing younger is deleted

	// The caps. Zero: none.
	MaxAge   Span
	MaxCount int
	MaxSize  int64 // bytes of one VM

	Pins []Pin
}

// Pin is a set that is never removed.
type Pin struct {
	state.Key
	Reason string
}
