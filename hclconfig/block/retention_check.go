package block

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// numberRule is one attribute that counts sets or periods.
type numberRule struct {
	name string
	n    int
}

func (in retentionBlock) counts() []numberRule {
	return []numberRule{
		{"keep_last", in.KeepLast}, {"keep_hourly", in.KeepHourly}, {"keep_daily", in.KeepDaily},
		{"keep_weekly", in.KeepWeekly}, {"keep_monthly", in.KeepMonthly}, {"keep_yearly", in.KeepYearly},
	}
}

// windowNames are the attributes that keep what is in a window.
var windowNames = []string{
	"keep_within", "keep_within_hourly", "keep_within_daily", "keep_within_weekly", "keep_within_monthly", "keep_within_yearly",
}

// hasWindow reports whether one of them has a value, which null is not.
func (in retentionBlock) hasWindow() bool {
	windows := []config.Span{in.KeepWithin, in.KeepWithinHourly, in.KeepWithinDaily, in.KeepWithinWeekly, in.KeepWithinMonthly, in.KeepWithinYearly}
	return slices.ContainsFunc(windows, func(s config.Span) bool { return !s.IsZero() })
}

var capNames = []string{"max_age", "max_count", "max_size_per_vm"}

// check reports a missing rule only if every attribute was understood.
func (in retentionBlock) check(d *decode.Attributes, understood bool) hcl.Diagnostics {
	diags := in.checkNumbers(d)
	if understood {
		diags = append(diags, in.checkRules(d)...)
	}
	diags = append(diags, in.checkKeepAll(d)...)
	return append(diags, in.checkPins(d)...)
}

// checkNumbers looks at each number alone.
func (in retentionBlock) checkNumbers(d *decode.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, c := range in.counts() {
		if c.n < -1 {
			diags = append(diags, problem.Problem{
				Summary: "Invalid number of sets",
				Detail:  fmt.Sprintf("%s is %d.", c.name, c.n),
				Hint:    "write a number of sets of at least 1, or -1 to keep all",
			}.At(d.RangeOf(c.name))...)
		}
	}
	if in.MinKeep < 1 {
		diags = append(diags, problem.Problem{
			Summary: "Invalid number of sets",
			Detail:  fmt.Sprintf("min_keep is %d; at least the newest set of each VM is always kept.", in.MinKeep),
			Hint:    "write min_keep = 1, or leave it out",
		}.At(d.RangeOf("min_keep"))...)
	}
	return append(diags, in.checkCaps(d)...)
}

func (in retentionBlock) checkCaps(d *decode.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, c := range []struct {
		name string
		n    int64
	}{{"max_count", int64(in.MaxCount)}, {"max_size_per_vm", int64(in.MaxSize)}} {
		if c.n < 1 && d.Given(c.name) && !d.Failed[c.name] {
			diags = append(diags, problem.Problem{
				Summary: "Invalid limit",
				Detail:  fmt.Sprintf("%s would delete every set.", c.name),
				Hint:    fmt.Sprintf("write %s of at least 1, or leave it out", c.name),
			}.At(d.RangeOf(c.name))...)
		}
	}
	return diags
}

// checkRules reports a policy that keeps nothing. A policy of caps alone keeps
// everything up to them.
func (in retentionBlock) checkRules(d *decode.Attributes) hcl.Diagnostics {
	zero := ""
	for _, c := range in.counts() {
		switch {
		case c.n != 0:
			return nil
		case d.Given(c.name) && zero == "":
			zero = c.name
		}
	}
	switch {
	case in.KeepAll:
		return nil
	case in.hasWindow():
		return in.adviseCount(d)
	case zero != "":
		return problem.Problem{
			Summary: "Retention keeps nothing",
			Detail:  fmt.Sprintf("%s = 0 would keep no set at all.", zero),
			Hint:    "write a number of sets of at least 1, or -1 to keep all",
		}.At(d.RangeOf(zero))
	case d.GivenAny(capNames):
		return nil
	}
	return problem.Problem{
		Summary: "Retention without a rule",
		Detail:  fmt.Sprintf("The retention %q has no rule that keeps anything.", d.Name()),
		Hint:    "to keep the newest three sets of each VM, write keep_last = 3",
	}.At(d.Block.DefRange)
}

// adviseCount warns of a policy with windows only: how many sets they hold
// depends on how often backups are made.
func (in retentionBlock) adviseCount(d *decode.Attributes) hcl.Diagnostics {
	return problem.Warnings(problem.Problem{
		Summary: "Retention with time windows only",
		Detail: fmt.Sprintf("The retention %q has keep_within rules and no rule with a count: if backups are rare, it may keep no more than min_keep = %d.",
			d.Name(), in.MinKeep),
		Hint: "add a rule with a count, such as keep_last = 3",
	}.At(d.Block.DefRange))
}

// checkKeepAll reports rules beside keep_all, which leaves them nothing to decide.
func (in retentionBlock) checkKeepAll(d *decode.Attributes) hcl.Diagnostics {
	if !in.KeepAll {
		return nil
	}
	var diags hcl.Diagnostics
	for _, name := range append(in.countNames(d), windowNames...) {
		if d.Given(name) {
			diags = append(diags, problem.Problem{
				Summary: "Retention contradicts itself",
				Detail:  fmt.Sprintf("keep_all = true keeps every set, but %s would delete some.", name),
				Hint:    "remove one of the two",
			}.Between(d.RangeOf(name), d.RangeOf("keep_all"))...)
		}
	}
	return diags
}

// countNames are the counts in use, and those that were not understood.
func (in retentionBlock) countNames(d *decode.Attributes) []string {
	var names []string
	for _, c := range in.counts() {
		if c.n != 0 || d.Failed[c.name] {
			names = append(names, c.name)
		}
	}
	return names
}

func (in retentionBlock) checkPins(d *decode.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	first := map[state.Key]string{}
	for i, pin := range in.Pins {
		path := fmt.Sprintf("pin[%d]", i)
		key := state.Key{VM: pin.VM, Stamp: state.Stamp(pin.Time)}
		if d.Failed[path+".vm"] || d.Failed[path+".time"] {
			continue
		}
		if err := providers.CheckName(pin.VM); err != nil {
			diags = append(diags, problem.Problem{Summary: "Invalid value", Detail: fmt.Sprintf("vm: %v.", err)}.At(d.RangeOf(path+".vm"))...)
			continue
		}
		if other, twice := first[key]; twice {
			diags = append(diags, problem.Problem{
				Summary: "Repeated pin",
				Detail:  fmt.Sprintf("The retention %q pins %s twice.", d.Name(), key),
			}.Between(d.RangeOf(path), d.RangeOf(other))...)
			continue
		}
		first[key] = path
	}
	return diags
}
