package block

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/state/config"
)

// claim is a backup's claim to some VMs, at one source or destination.
type claim struct{ place, pattern string }

// claims reports VMs that two backups claim with equal priority: the same pattern
// of one source, or the same name at one destination. Different patterns that
// match one VM are found when the VMs are known.
func (in *Decoded) claims() hcl.Diagnostics {
	var diags hcl.Diagnostics
	first := map[claim]int{}
	for i, b := range in.Spec.Backups {
		for k, pattern := range b.VMs {
			for _, c := range claimsOf(b, pattern) {
				j, seen := first[c]
				switch {
				case !seen:
					first[c] = i
				case i != j:
					diags = append(diags, in.conflictingClaims(c, i, k, j)...)
				}
			}
		}
	}
	return diags
}

func claimsOf(b config.Backup, pattern string) []claim {
	out := []claim{{"source " + b.Source, pattern}}
	if scalar.VMPattern(pattern).Literal() {
		for _, c := range b.Copies {
			out = append(out, claim{"destination " + c.Destination, pattern})
		}
	}
	return out
}

func (in *Decoded) conflictingClaims(c claim, backup, pattern, other int) hcl.Diagnostics {
	theirs := slices.Index(in.Spec.Backups[other].VMs, c.pattern)
	return problem.Problem{
		Summary: "VMs claimed twice",
		Detail: fmt.Sprintf("The backups %q and %q both claim %q of %s.",
			in.Spec.Backups[other].Name, in.Spec.Backups[backup].Name, c.pattern, c.place),
		Hint: "name the VMs of one of them in vms; an exact name wins over a pattern, and a longer pattern over a shorter one",
	}.Between(
		in.backups[backup].RangeOf(fmt.Sprintf("vms[%d]", pattern)),
		in.backups[other].RangeOf(fmt.Sprintf("vms[%d]", theirs)),
	)
}
