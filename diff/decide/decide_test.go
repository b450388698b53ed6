package decide_test

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// table is what becomes of a set at the destination: by what is there, which is its condition,
// and by whether the policy wants it and which flags are given. The VM has three complete sets besides, and the
// policy keeps three. Where there is no local set, -replace is an error: "-".
const table = `
there                | condition        | wanted  unwanted | -exclude  unw. -exclude | -replace  -adopt  | -destroy in full | delete_first  -target of another
local only           | complete,upload  | create  leave    | omit      leave         | create    create  | leave    leave   | create        omit
upload begun         | complete,resume  | resume  discard  | omit      discard       | resume    resume  | discard  discard | resume        omit
whole in staging     | complete,publish | publish delete   | omit      spare         | publish   publish | delete   delete  | publish       omit
leftover             | incomplete       | keep    discard  | keep      discard       | -         keep    | discard  discard | keep          keep
complete             | complete         | keep    delete   | keep      spare         | replace   keep    | delete   delete  | keep          keep
complete, no local   | complete         | keep    delete   | keep      spare         | -         keep    | delete   delete  | keep          keep
damaged              | damaged,replace  | replace leave    | omit      leave         | replace   replace | hold     delete  | replace       omit
damaged, no local    | damaged          | keep    keep     | keep      keep          | -         keep    | hold     delete  | keep          keep
differs              | differs          | keep    keep     | keep      keep          | replace   keep    | hold     delete  | keep          keep
unmarked, same       | unmarked,adopt   | adopt   leave    | omit      leave         | replace   adopt   | hold     hold    | adopt         omit
unmarked, no local   | unmarked         | keep    keep     | keep      keep          | -         adopt   | hold     hold    | keep          keep
unmarked, half       | unmarked,replace | replace leave    | omit      leave         | replace   replace | hold     hold    | replace       omit
unmarked, other      | unmarked         | keep    keep     | keep      keep          | replace   keep    | hold     hold    | keep          keep
unknown              | unknown          | keep    keep     | keep      keep          | -         keep    | hold     hold    | keep          keep
`

// columns are the flags of the table, and whether the policy wants the set.
var columns = []struct {
	name   string
	wanted bool
	flags  func(address string) flags.Options
	order  config.Order
}{
	{"wanted", true, none, ""},
	{"unwanted", false, none, ""},
	{"-exclude", true, func(a string) flags.Options { return flags.Options{Exclude: []string{a}} }, ""},
	{"unw. -exclude", false, func(a string) flags.Options { return flags.Options{Exclude: []string{a}} }, ""},
	{"-replace", true, func(a string) flags.Options { return flags.Options{Replace: []string{a}} }, ""},
	{"-adopt", true, func(a string) flags.Options { return flags.Options{Adopt: []string{a}} }, ""},
	{"-destroy", true, func(string) flags.Options { return flags.Options{Destroy: true, Target: []string{"nas"}} }, ""},
	{"in full", true, func(a string) flags.Options { return flags.Options{Destroy: true, Target: []string{a}} }, ""},
	{"delete_first", true, none, config.DeleteFirst},
	{"-target of another", true, func(string) flags.Options { return flags.Options{Target: []string{"nas/Lisa"}} }, ""},
}

func none(string) flags.Options { return flags.Options{} }

// places are what the places hold of a set.
type places struct {
	local, remote *state.Set
	staged        *state.Staged
}

// conditionsOf are those of the table, of a set with that key.
func conditionsOf(k state.Key) map[string]places {
	whole, half, other := files("disk.vmdk", 1000), files("disk.vmdk", 400), files("other.vmdk", 1000)
	at := func(s state.State, files []state.File) *state.Set {
		return &state.Set{Key: k, Path: k.String(), State: s, Files: files, Marked: s == state.Complete || s == state.Damaged}
	}
	local := at(state.Complete, whole)
	return map[string]places{
		"local only":         {local: local},
		"upload begun":       {local: local, staged: staged(k, state.Incomplete, half, whole)},
		"whole in staging":   {local: local, staged: staged(k, state.Complete, whole, whole)},
		"leftover":           {staged: staged(k, state.Incomplete, half, whole)},
		"complete":           {local: local, remote: at(state.Complete, whole)},
		"complete, no local": {remote: at(state.Complete, whole)},
		"damaged":            {local: local, remote: at(state.Damaged, whole)},
		"damaged, no local":  {remote: at(state.Damaged, whole)},
		"differs":            {local: local, remote: at(state.Complete, other)},
		"unmarked, same":     {local: local, remote: at(state.Unmarked, whole)},
		"unmarked, no local": {remote: at(state.Unmarked, whole)},
		"unmarked, half":     {local: local, remote: at(state.Unmarked, half)},
		"unmarked, other":    {local: local, remote: at(state.Unmarked, other)},
		"unknown":            {remote: at(state.Unknown, nil)},
	}
}

func files(name string, size int64) []state.File {
	return []state.File{{Path: name, Size: size, ModTime: noon.Add(-6 * time.Hour)}}
}

func staged(k state.Key, s state.State, there, want []state.File) *state.Staged {
	work := state.WorkDir(".vmxsync")
	x := &state.Staged{Key: k, Path: work.Staged(k), Claim: &state.Claim{Kind: state.UploadClaim, Key: k, Files: want}}
	x.Set = state.Set{Key: k, Path: work.StagedSet(k), State: s, Files: there, Marked: s == state.Complete}
	for _, f := range there {
		f.Path = path.Join(state.StagedSet, f.Path)
		x.Files = append(x.Files, f)
	}
	return x
}

func key(day int) state.Key {
	return state.Key{VM: "Bart", Stamp: state.Stamp(fmt.Sprintf("2026-11-%02d-010000", day))}
}

// decided is the decision about a set of that condition.
func decided(t *testing.T, condition string, wanted bool, options func(string) flags.Options, order config.Order) decide.Decision {
	t.Helper()
	k := key(21)
	if !wanted {
		k = key(11)
	}
	layout, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	there := state.Inventory{Place: "nas", Owner: "site"}
	here := state.Inventory{Place: "vmx", Sets: []state.Set{{Key: state.Key{VM: "Homer", Stamp: "2026-11-01-010000"}, State: state.Settling}}}
	x := conditionsOf(k)[condition]
	others := []state.Set{}
	for day := 16; day < 19; day++ {
		others = append(others, state.Set{Key: key(day), Path: key(day).String(), State: state.Complete, Marked: true, Files: files("disk.vmdk", 1000)})
	}
	if x.remote != nil && !wanted {
		there.Sets = append([]state.Set{*x.remote}, others...)
	} else if there.Sets = others; x.remote != nil {
		there.Sets = append(there.Sets, *x.remote)
	}
	if x.local != nil {
		here.Sets = append([]state.Set{*x.local}, here.Sets...)
	}
	if x.staged != nil {
		there.Staged = []state.Staged{*x.staged}
	}
	spec := &config.Spec{
		Name:         "site",
		Sources:      []config.Source{{Name: "vmx", Layout: layout, Settle: 10 * time.Minute}},
		Destinations: []config.Destination{{Name: "nas", Layout: layout, WorkDir: ".vmxsync"}},
		Policies:     []config.Policy{{Name: "standard", KeepLast: 3, MinKeep: 1}},
		Backups: []config.Backup{{
			Name: "default", Source: "vmx", VMs: []string{"*", "Bart"}, Copies: []config.Copy{{Destination: "nas", Policy: "standard", Order: order}},
		}},
	}
	w := observe.NewWorld(spec, map[string]state.Inventory{"vmx": here, "nas": there}, noon, options("nas/"+k.String()))
	groups, _, err := observe.Observe(w, spec.Destinations[0], observe.Queue{})
	if err != nil || len(groups) == 0 {
		t.Fatalf("Observe: %d groups, %v", len(groups), err)
	}
	g := decide.Decide(groups[0])
	d, ok := g.Of(k)
	if !ok {
		t.Fatalf("%s: no decision about %s", condition, k)
	}
	return d
}

// found is a condition as the table has it.
func found(c observe.Condition) string {
	if c.Way != "" {
		return string(c.State) + "," + string(c.Way)
	}
	return string(c.State)
}

func TestDecide_dispositionOfEachConditionAndFlag(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(table), "\n")[1:]
	if got, want := len(lines), len(conditionsOf(key(1))); got != want {
		t.Errorf("the table has %d conditions, there are %d", got, want)
	}
	for _, line := range lines {
		condition, cells, _ := strings.Cut(line, "|")
		condition = strings.TrimSpace(condition)
		want := strings.Fields(strings.ReplaceAll(cells, "|", " "))
		got := []string{found(decided(t, condition, true, none, "").Condition)}
		for i, c := range columns {
			d := string(decided(t, condition, c.wanted, c.flags, c.order).Disposition)
			if i+1 < len(want) && want[i+1] == "-" {
				d = "-"
			}
			got = append(got, d)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s:\n got %s\nwant %s", condition, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
}
