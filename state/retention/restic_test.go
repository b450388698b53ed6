package retention_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

// One restic is Debian's, which CI asks again, and one keeps the oldest.
func TestDecide_keepsWhatResticKeeps(t *testing.T) {
	if *update != "" {
		write(t, *update)
	}
	for _, version := range []string{"0.14.0", "0.18.0"} {
		t.Run(version, func(t *testing.T) {
			a := stored(t, version)
			policies := map[string]bool{}
			for _, asked := range a.Policies {
				policies[asked.Forget] = true
				compare(t, a, asked)
			}
			if len(policies) < 200 {
				t.Errorf("only %d policies are compared", len(policies))
			}
		})
	}
}

// Every tenth policy is asked again, from the second on: they use all rules.
func TestDecide_keepsWhatResticKeepsNow(t *testing.T) {
	program := filepath.Join(ftptest.Programs(t), "restic")
	a := stored(t, versionOf(t, program))
	r := newRepository(t, program, a.Snapshots)
	for i := 1; i < len(a.Policies); i += 10 {
		want := a.Policies[i]
		got := r.ask(t, want.Forget)
		for host := range a.Snapshots {
			if !maps.Equal(got.Kept[host], want.Kept[host]) {
				t.Errorf("restic forget %s: %s: got %v, stored is %v", want.Forget, host, got.Kept[host], want.Kept[host])
			}
		}
		compare(t, a, got)
	}
}

// compare decides as restic was asked to, host by host.
func compare(t *testing.T, a answers, asked answer) {
	t.Helper()
	p := policyOf(t, asked.Forget)
	p.KeepOldest = a.KeepOldest
	for host, stamps := range a.Snapshots {
		if got := keptOf(p, stamps); !maps.Equal(got, asked.Kept[host]) {
			t.Errorf("restic forget %s: %s: got %v, restic keeps %v", asked.Forget, host, got, asked.Kept[host])
		}
	}
}

// keptOf is what a decision keeps, in the form of restic's answers.
func keptOf(p config.Policy, stamps []state.Stamp) kept {
	var sets []state.Set
	for _, s := range stamps {
		sets = append(sets, state.Set{Key: state.Key{VM: "Bart", Stamp: s}, State: state.Complete})
	}
	chosen := map[string][]int{}
	for i, d := range retention.Decide(p, sets, noon).Decisions {
		if !d.Keep {
			continue
		}
		chosen["kept"] = append(chosen["kept"], i)
		for _, r := range d.Reasons {
			rule := r.Rule
			if rule == "oldest" {
				rule = r.Text // which names the rule
			}
			chosen[rule] = append(chosen[rule], i)
		}
	}
	return ranges(chosen)
}

// policyOf reads the options of restic forget.
func policyOf(t *testing.T, options string) config.Policy {
	t.Helper()
	p := config.Policy{MinKeep: 1}
	numbers := map[string]*int{
		"--keep-last": &p.KeepLast, "--keep-hourly": &p.KeepHourly, "--keep-daily": &p.KeepDaily,
		"--keep-weekly": &p.KeepWeekly, "--keep-monthly": &p.KeepMonthly, "--keep-yearly": &p.KeepYearly,
	}
	spans := map[string]*config.Span{
		"--keep-within": &p.KeepWithin, "--keep-within-hourly": &p.KeepWithinHourly, "--keep-within-daily": &p.KeepWithinDaily,
		"--keep-within-weekly": &p.KeepWithinWeekly, "--keep-within-monthly": &p.KeepWithinMonthly, "--keep-within-yearly": &p.KeepWithinYearly,
	}
	for option := range slices.Chunk(strings.Fields(options), 2) {
		name, value := option[0], option[1]
		var err error
		switch n := numbers[name]; {
		case n == nil:
			*spans[name], err = parseWindow(value)
		case value == moreThanAll, value == "unlimited":
			*n = -1
		default:
			*n, err = strconv.Atoi(value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}
