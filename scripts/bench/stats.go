package main

import (
	"cmp"
	"slices"

	"github.com/vmxsync/vmxsync/scripts/bench/process"
)

// median is the middle value, or the lower one of two. It is the zero value of none.
func median[T cmp.Ordered](values []T) T {
	var zero T
	if len(values) == 0 {
		return zero
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// each is one measurement of every run.
func each[T any](runs []process.Usage, of func(process.Usage) T) []T {
	var all []T
	for _, u := range runs {
		all = append(all, of(u))
	}
	return all
}
