package block

import (
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

type drillBlock struct {
	From    []eval.Address     `hcl:"from,,or_one"`
	VMs     []scalar.VMPattern `hcl:"vms,optional"`
	Pick    scalar.Pick        `hcl:"pick,optional"`
	Every   config.Span        `hcl:"every,optional"`
	To      string             `hcl:"to" path:"file"`
	Command []string           `hcl:"command,optional"`
	Timeout providers.Duration `hcl:"timeout,optional"`
	Env     map[string]string  `hcl:"env,optional"`
}

func decodeDrill(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	in := drillBlock{
		VMs: []scalar.VMPattern{"*"}, Pick: scalar.Pick(config.OldestUndrilled),
		Every: config.Span{Days: 90}, Timeout: providers.Duration(time.Hour),
	}
	diags := d.Decode(&in)
	drill := config.Drill{
		Name: d.Name(), VMs: scalar.Strings(in.VMs), Pick: config.Pick(in.Pick), Every: in.Every,
		To: in.To, Command: in.Command, Dir: out.Spec.Dir, Timeout: in.Timeout, Env: in.Env,
	}
	for _, a := range in.From {
		drill.From = append(drill.From, a.Name)
	}
	if len(drill.Command) > 0 {
		drill.Command[0] = program(out.Spec.Dir, drill.Command[0])
	}
	diags = append(diags, d.Report(d.Written(drill.Check()))...)
	if diags.HasErrors() {
		return diags
	}
	out.drills = append(out.drills, d.Attributes)
	out.Spec.Drills = append(out.Spec.Drills, drill)
	return diags
}

// drillFolders reports drills that restore into a place: what they restore would be read as
// sets there, and deleted afterwards.
func (in *Decoded) drillFolders() hcl.Diagnostics {
	var diags hcl.Diagnostics
	report := func(drill int, kind, name string, settings providers.Settings, place *decode.Attributes) {
		root, attribute := decode.LocalRoot(settings)
		to := in.Spec.Drills[drill].To
		if root == "" || !inside(to, root) {
			return
		}
		diags = append(diags, problem.Problem{
			Summary: "Drill inside a " + kind,
			Detail:  fmt.Sprintf("The drill %q restores to %s, which is inside %s %q (%s): what it restores would be read as backups.", in.Spec.Drills[drill].Name, to, kind, name, root),
			Hint:    "choose a folder beside it",
		}.Between(in.drills[drill].RangeOf("to"), place.RangeOf(attribute))...)
	}
	for i := range in.Spec.Drills {
		for j, s := range in.Spec.Sources {
			report(i, "source", s.Name, s.Settings, in.sources[j])
		}
		for j, d := range in.Spec.Destinations {
			report(i, "destination", d.Name, d.Settings, in.destinations[j])
		}
	}
	return diags
}
