package block

import (
	"fmt"
	"math"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/state/config"
)

type guardBlock struct {
	MaxShrinkPercent int `hcl:"max_shrink_percent,optional"`
	MinLoss          int `hcl:"min_loss,optional"`
	MaxDeletes       int `hcl:"max_deletes,optional"`
	MinSizePercent   int `hcl:"min_size_percent,optional"`
}

// anyNumber is more than a configuration can write.
const anyNumber = math.MaxInt

// decodeGuard uses the last of several blocks, which are an error.
func decodeGuard(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	usual := config.DefaultGuard()
	in := guardBlock{MaxShrinkPercent: usual.MaxShrinkPercent, MinLoss: usual.MinLoss, MaxDeletes: anyNumber, MinSizePercent: usual.MinSizePercent}
	diags := d.Decode(&in)
	diags = append(diags, in.check(d.Attributes)...)
	out.Spec.Guard = in.guard()
	return diags
}

func (in guardBlock) guard() config.Guard {
	g := config.Guard{MaxShrinkPercent: in.MaxShrinkPercent, MinLoss: in.MinLoss, MinSizePercent: in.MinSizePercent}
	if in.MaxDeletes != anyNumber {
		g.MaxDeletes = &in.MaxDeletes
	}
	return g
}

func (in guardBlock) check(d *decode.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, c := range []struct {
		name          string
		n, from, upTo int
		hint          string
	}{
		{"max_shrink_percent", in.MaxShrinkPercent, 0, 100, "write a percentage from 0 to 100"},
		{"min_loss", in.MinLoss, 1, anyNumber, "write a number of sets of at least 1: a loss of fewer is never refused"},
		{"max_deletes", in.MaxDeletes, 0, anyNumber, "write a number of deletes, 0 for none at all, or leave it out for any number"},
		{"min_size_percent", in.MinSizePercent, 0, 100, "write a percentage from 0 to 100; with 0 no set is suspicious"},
	} {
		if c.n < c.from || c.n > c.upTo {
			diags = append(diags, problem.Problem{
				Summary: "Invalid limit",
				Detail:  fmt.Sprintf("%s is %d.", c.name, c.n),
				Hint:    c.hint,
			}.At(d.RangeOf(c.name))...)
		}
	}
	return diags
}
