package main

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/scripts/bench/process"
)

func TestParseGrowth_readsNameAndNumber(t *testing.T) {
	got, err := parseGrowth("sets:1250")
	if err != nil || got.growth.name != "sets" || got.n != 1250 {
		t.Errorf("got %s:%d, %v", got.growth.name, got.n, err)
	}
	for _, bad := range []string{"", "sets", "sets:0", "sets:many", "trees:5"} {
		if _, err := parseGrowth(bad); err == nil {
			t.Errorf("%q is a growth", bad)
		}
	}
}

func TestGrowths_haveSoMany(t *testing.T) {
	for _, g := range growths {
		s := g.shape(1000)
		got := map[string]int{"file": s.allFiles(), "set": s.allSets(), "change": s.allSets()}[g.noun]
		if got != 1000 {
			t.Errorf("%s: %d of 1000", g.name, got)
		}
	}
}

func TestGrownCells_haveACommandWithAllItsSizes(t *testing.T) {
	var all []grown
	for _, n := range []int{5, 10} {
		for _, title := range []string{"plan", "list"} {
			all = append(all, grown{growth: growths[1], step: growthStep{title: title}, n: n, usage: process.Usage{Elapsed: time.Duration(n) * time.Millisecond}})
		}
	}
	var got []string
	for _, row := range grownCells(all) {
		got = append(got, strings.Join(row[:4], " "))
	}
	want := "plan 5 sets 0.005 s 1.00 ms|" + " 10 sets 0.010 s 1.00 ms|list 5 sets 0.005 s 1.00 ms|" + " 10 sets 0.010 s 1.00 ms"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}
