package retention_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// ask lets restic say which snapshots of each host it would keep, and why.
func (r repository) ask(t *testing.T, options string) answer {
	t.Helper()
	args := append([]string{"forget", "--dry-run", "--json", "--group-by", "host"}, strings.Fields(options)...)
	var groups []forgetGroup
	read(t, r.run(t, args...), &groups)
	a := answer{Forget: options, Kept: map[string]kept{}}
	for _, g := range groups {
		a.Kept[g.Host] = g.kept(t, r.snapshots[g.Host])
	}
	return a
}

// forgetGroup is what restic forget says of a host.
type forgetGroup struct {
	Host         string
	Keep, Remove []resticSnapshot
	Reasons      []struct {
		Snapshot resticSnapshot
		Matches  []string
	}
}

type resticSnapshot struct{ Time time.Time }

func (s resticSnapshot) stamp() state.Stamp { return state.NewStamp(s.Time) }

// kept numbers what restic keeps, which must speak of all snapshots.
func (g forgetGroup) kept(t *testing.T, stamps []state.Stamp) kept {
	t.Helper()
	var said []state.Stamp
	for _, s := range slices.Concat(g.Keep, g.Remove) {
		said = append(said, s.stamp())
	}
	slices.Sort(said)
	slices.Reverse(said)
	if !slices.Equal(said, stamps) {
		t.Fatalf("restic decided on %v, want %v", said, stamps)
	}
	chosen := map[string][]int{}
	for _, s := range g.Keep {
		chosen["kept"] = append(chosen["kept"], slices.Index(stamps, s.stamp()))
	}
	for _, r := range g.Reasons {
		for _, match := range r.Matches {
			rule := ruleOf(match)
			chosen[rule] = append(chosen[rule], slices.Index(stamps, r.Snapshot.stamp()))
		}
	}
	return ranges(chosen)
}

// ruleOf is our name for "last snapshot", "daily snapshot", "within 1y",
// "hourly within 2d" and "oldest daily snapshot".
func ruleOf(match string) string {
	words := strings.Fields(match)
	oldest := words[0] == "oldest"
	if oldest {
		words = words[1:]
	}
	rule := words[0]
	if len(words) > 1 && words[1] == "within" {
		rule = "within_" + words[0]
	}
	if oldest {
		return "oldest (" + rule + ")"
	}
	return rule
}
