package block

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

type retentionBlock struct {
	KeepLast    int `hcl:"keep_last,optional"`
	KeepHourly  int `hcl:"keep_hourly,optional"`
	KeepDaily   int `hcl:"keep_daily,optional"`
	KeepWeekly  int `hcl:"keep_weekly,optional"`
	KeepMonthly int `hcl:"keep_monthly,optional"`
	KeepYearly  int `hcl:"keep_yearly,optional"`

	KeepWithin        config.Span `hcl:"keep_within,optional"`
	KeepWithinHourly  config.Span `hcl:"keep_within_hourly,optional"`
	KeepWithinDaily   config.Span `hcl:"keep_within_daily,optional"`
	KeepWithinWeekly  config.Span `hcl:"keep_within_weekly,optional"`
	KeepWithinMonthly config.Span `hcl:"keep_within_monthly,optional"`
	KeepWithinYearly  config.Span `hcl:"keep_within_yearly,optional"`

	KeepAll    bool `hcl:"keep_all,optional"`
	KeepOldest bool `hcl:"keep_oldest,optional"`

	MinKeep  int            `hcl:"min_keep,optional"`
	MinAge   config.Span    `hcl:"min_age,optional"`
	MaxAge   config.Span    `hcl:"max_age,optional"`
	MaxCount int            `hcl:"max_count,optional"`
	MaxSize  providers.Size `hcl:"max_size_per_vm,optional"`

	Pins []pinBlock `hcl:"pin,block"`
}

// pinBlock names a set that is never deleted.
type pinBlock struct {
	VM     string       `hcl:"vm"`
	Time   scalar.Stamp `hcl:"time"`
	Reason string       `hcl:"reason,optional"`
}

func decodeRetention(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	in := retentionBlock{MinKeep: 1, KeepOldest: true}
	diags := d.Decode(&in)
	diags = append(diags, in.check(d.Attributes, !diags.HasErrors() && len(d.Failed) == 0)...)
	out.Spec.Policies = append(out.Spec.Policies, in.policy(d.Name()))
	return diags
}

func (in retentionBlock) policy(name string) config.Policy {
	p := config.Policy{
		Name:     name,
		KeepLast: in.KeepLast, KeepHourly: in.KeepHourly, KeepDaily: in.KeepDaily,
		KeepWeekly: in.KeepWeekly, KeepMonthly: in.KeepMonthly, KeepYearly: in.KeepYearly,
		KeepWithin: in.KeepWithin, KeepWithinHourly: in.KeepWithinHourly, KeepWithinDaily: in.KeepWithinDaily,
		KeepWithinWeekly: in.KeepWithinWeekly, KeepWithinMonthly: in.KeepWithinMonthly, KeepWithinYearly: in.KeepWithinYearly,
		KeepAll: in.KeepAll, KeepOldest: in.KeepOldest,
		MinKeep: in.MinKeep, MinAge: in.MinAge,
		MaxAge: in.MaxAge, MaxCount: in.MaxCount, MaxSize: int64(in.MaxSize),
	}
	for _, pin := range in.Pins {
		p.Pins = append(p.Pins, config.Pin{Key: state.Key{VM: pin.VM, Stamp: state.Stamp(pin.Time)}, Reason: pin.Reason})
	}
	return p
}
