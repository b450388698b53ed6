package block

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/state/config"
)

type backupBlock struct {
	Source       eval.Address       `hcl:"source"`
	VMs          []scalar.VMPattern `hcl:"vms,optional"`
	Exclude      []scalar.VMPattern `hcl:"exclude,optional"`
	Retired      []scalar.VMPattern `hcl:"retired,optional"`
	Destinations []eval.Address     `hcl:"destinations,optional"`
	Retention    eval.Address       `hcl:"retention,optional"`
	Order        scalar.Order       `hcl:"order,optional"`
	PruneSource  eval.Address       `hcl:"prune_source,optional"`
	Verified     scalar.ProofAge    `hcl:"verified_within,optional"`
	Copies       []copyBlock        `hcl:"copy,block"`
	Verify       *verifyBlock       `hcl:"verify,block"`

	PreventDestroy bool             `hcl:"prevent_destroy,optional"`
	FreshWithin    scalar.Freshness `hcl:"fresh_within,optional"`
	MaxBehind      config.Span      `hcl:"max_behind,optional"`
}

// copyBlock sets what differs for one destination of a backup.
type copyBlock struct {
	Destination eval.Address `hcl:"destination"`
	Retention   eval.Address `hcl:"retention,optional"`
	Order       scalar.Order `hcl:"order,optional"`
}

func decodeBackup(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	in := backupBlock{VMs: []scalar.VMPattern{"*"}, FreshWithin: scalar.Freshness{Days: 8}, MaxBehind: config.DefaultMaxBehind}
	diags := d.Decode(&in)
	copies := in.all()
	diags = append(diags, in.check(d.Attributes, copies)...)
	if diags.HasErrors() {
		return diags
	}
	b := config.Backup{
		Name:    d.Name(),
		Source:  in.Source.Name,
		VMs:     scalar.Strings(in.VMs),
		Exclude: scalar.Strings(in.Exclude),
		Retired: in.retired(),

		PruneSource:    in.PruneSource.Name,
		VerifiedWithin: config.Span(in.Verified),
		PreventDestroy: in.PreventDestroy,
		FreshWithin:    config.Span(in.FreshWithin),
		MaxBehind:      in.MaxBehind,
		Verify:         in.Verify.verify(),
	}
	for _, c := range copies {
		b.Copies = append(b.Copies, config.Copy{
			Destination: c.Destination.Name, Policy: c.Retention.Name, Order: c.Order.Or(in.Order),
		})
	}
	out.backups = append(out.backups, d.Attributes)
	out.Spec.Backups = append(out.Spec.Backups, b)
	return diags
}

// placed is a copy with the path of the attribute that names its destination.
type placed struct {
	copyBlock
	path string
}

// all returns the copies, those of the destinations list first.
func (in backupBlock) all() []placed {
	var out []placed
	for i, a := range in.Destinations {
		out = append(out, placed{copyBlock{a, in.Retention, in.Order}, fmt.Sprintf("destinations[%d]", i)})
	}
	for i, c := range in.Copies {
		if c.Retention == (eval.Address{}) {
			c.Retention = in.Retention
		}
		out = append(out, placed{c, fmt.Sprintf("copy[%d].destination", i)})
	}
	return out
}

func (in backupBlock) check(d *decode.Attributes, copies []placed) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if len(copies) == 0 && !d.Failed["destinations"] {
		diags = append(diags, problem.Problem{
			Summary: "Backup without a destination",
			Detail:  fmt.Sprintf("The backup %q has no destination.", d.Name()),
			Hint:    "write destinations = [destination.TYPE.NAME]",
		}.At(d.RangeOf("destinations"))...)
	}
	diags = append(diags, in.checkRetired(d)...)
	if in.Retention == (eval.Address{}) && !d.Failed["retention"] && lackPolicy(copies) {
		diags = append(diags, problem.Problem{
			Summary: "Missing required argument",
			Detail:  fmt.Sprintf("The backup %q needs a retention for its destinations.", d.Name()),
			Hint:    "write retention = retention.NAME",
		}.At(d.Block.DefRange)...)
	}
	diags = append(diags, in.Verify.check(d)...)
	return append(diags, repeatedDestinations(d, copies)...)
}

// retired are the names of the retired VMs; checkRetired refuses patterns.
func (in backupBlock) retired() []string {
	var all []string
	for _, pattern := range scalar.Strings(in.Retired) {
		if name, ok := config.NameIn(pattern); ok {
			all = append(all, name)
		}
	}
	return all
}

// checkRetired reports patterns in retired, which takes names only, and VMs that
// exclude removes from the backup.
func (in backupBlock) checkRetired(d *decode.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	excluding := config.Backup{Exclude: scalar.Strings(in.Exclude)}
	for i, pattern := range scalar.Strings(in.Retired) {
		at := d.RangeOf(fmt.Sprintf("retired[%d]", i))
		name, ok := config.NameIn(pattern)
		switch {
		case !ok:
			diags = append(diags, problem.Problem{
				Summary: "Invalid retired VM",
				Detail:  fmt.Sprintf("%q is a pattern, but retired takes names only.", pattern),
				Hint:    "write the name of each VM that is gone for good",
			}.At(at)...)
		case excluding.Excludes(name):
			diags = append(diags, problem.Problem{
				Summary: "Invalid retired VM",
				Detail:  fmt.Sprintf("The VM %q is also in exclude, which leaves its sets alone.", name),
				Hint:    "remove it from exclude to keep its sets under retention, or from retired to keep them all",
			}.At(at)...)
		}
	}
	return diags
}

func lackPolicy(copies []placed) bool {
	for _, c := range copies {
		if c.Retention == (eval.Address{}) {
			return true
		}
	}
	return len(copies) == 0
}

func repeatedDestinations(d *decode.Attributes, copies []placed) hcl.Diagnostics {
	var diags hcl.Diagnostics
	first := map[eval.Address]string{{}: ""}
	for _, c := range copies {
		other, seen := first[c.Destination]
		switch {
		case !seen:
			first[c.Destination] = c.path
		case other != "":
			diags = append(diags, problem.Problem{
				Summary: "Repeated destination",
				Detail:  fmt.Sprintf("The backup %q names %s twice.", d.Name(), c.Destination),
			}.Between(d.RangeOf(c.path), d.RangeOf(other))...)
		}
	}
	return diags
}
