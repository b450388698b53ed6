package hclconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/state"
)

type retentionBlock struct {
	KeepLast int `hcl:"keep_last,optional"`
	MinKeep  int `hcl:"min_keep,optional"`
}

func (l *loader) decodeRetention(d *decoder) hcl.Diagnostics {
	in := retentionBlock{MinKeep: 1}
	diags := d.decode(&in)
	if diags.HasErrors() {
		return diags // a rule may be among what was not understood
	}
	diags = append(diags, in.check(d)...)
	l.spec.Policies = append(l.spec.Policies, state.Policy{
		Name:     blockName(d.block),
		KeepLast: in.KeepLast,
		MinKeep:  in.MinKeep,
	})
	return diags
}

func (in retentionBlock) check(d *decoder) hcl.Diagnostics {
	var diags hcl.Diagnostics
	_, given := d.ranges["keep_last"]
	switch {
	case d.failed["keep_last"]:
	case !given:
		diags = append(diags, problem{
			summary: "Retention without a rule",
			detail:  fmt.Sprintf("The retention %q has no rule that keeps anything.", blockName(d.block)),
			hint:    "to keep the newest three sets of each VM, write keep_last = 3",
		}.at(d.block.DefRange)...)
	case in.KeepLast == 0:
		diags = append(diags, problem{
			summary: "Retention keeps nothing",
			detail:  "keep_last = 0 would keep no set at all.",
			hint:    "write a number of sets of at least 1, or -1 to keep all",
		}.at(d.at("keep_last"))...)
	case in.KeepLast < -1:
		diags = append(diags, problem{
			summary: "Invalid number of sets",
			detail:  fmt.Sprintf("keep_last is %d.", in.KeepLast),
			hint:    "write a number of sets of at least 1, or -1 to keep all",
		}.at(d.at("keep_last"))...)
	}
	if in.MinKeep < 1 {
		diags = append(diags, problem{
			summary: "Invalid number of sets",
			detail:  fmt.Sprintf("min_keep is %d; at least the newest set of each VM is always kept.", in.MinKeep),
			hint:    "write min_keep = 1, or leave it out",
		}.at(d.at("min_keep"))...)
	}
	return diags
}
