package likeness_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff/likeness"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
)

// naive compares a set with each of the others.
func naive(sizes map[string]int, bytes int64, others []map[string]int, totals []int64, percent int) string {
	if len(others) == 0 {
		return ""
	}
	more := map[string]int{}
	for _, o := range others {
		for kind, n := range o {
			if n > sizes[kind] {
				more[kind]++
			}
		}
	}
	lacks := ""
	for kind, n := range more {
		if 2*n >= len(others) && (lacks == "" || kind < lacks) {
			lacks = kind
		}
	}
	if lacks != "" {
		if len(others) == 1 {
			return fmt.Sprintf("without %s, which set 0 has", lacks)
		}
		return fmt.Sprintf("without %s, which %d of %d other sets have", lacks, more[lacks], len(others))
	}
	sorted := slices.Sorted(slices.Values(totals))
	if median := sorted[len(sorted)/2]; float64(bytes)*100 < float64(median)*float64(percent) {
		return fmt.Sprintf("%s, where %s is usual", state.FormatBytes(bytes), state.FormatBytes(median))
	}
	return ""
}

func TestUnlike_isWhatAComparisonWithEachFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		measure := likeness.MeasureOf()
		var kinds []map[string]int
		var totals []int64
		for i := range rapid.IntRange(1, 12).Draw(t, "sets") {
			var files []state.File
			counts, total := map[string]int{}, int64(0)
			for range rapid.IntRange(0, 5).Draw(t, "files") {
				kind := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "kind")
				size := rapid.Int64Range(0, 100).Draw(t, "size")
				files = append(files, state.File{Path: kind, Size: size})
				counts[kind]++
				total += size
			}
			l := likeness.Of(state.Stamp(fmt.Sprintf("set %d", i)), files, nil)
			if got, want := l.Unlike(measure, 50), naive(counts, total, kinds, totals, 50); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
			measure.Add(l)
			kinds, totals = append(kinds, counts), append(totals, total)
		}
	})
}

// Each set has a file that no other has, beside those that all have.
func TestMeasure_growsWithItsSets(t *testing.T) {
	providertest.Linear(t, 2000, func(n int) func() {
		return func() {
			measure := likeness.MeasureOf()
			for i := range n {
				l := likeness.Of("", []state.File{{Path: "disk", Size: int64(i)}, {Path: fmt.Sprintf("own-%06d", i)}}, nil)
				l.Unlike(measure, 50)
				measure.Add(l)
			}
		}
	})
}
