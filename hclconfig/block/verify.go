package block

import (
	"cmp"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// verifyBlock is the same in a destination, as the default of its backups, and in a backup.
type verifyBlock struct {
	Level       scalar.ProofLevel  `hcl:"level,optional"`
	Every       config.Span        `hcl:"every"`
	MaxBytes    providers.Size     `hcl:"max_bytes,optional"`
	MaxDuration providers.Duration `hcl:"max_duration,optional"`
}

// verify is what the block says; nil if there is none.
func (in *verifyBlock) verify() *config.Verify {
	if in == nil {
		return nil
	}
	return &config.Verify{
		Level: cmp.Or(string(in.Level), state.ReadProof), Every: in.Every,
		MaxBytes: int64(in.MaxBytes), MaxDuration: time.Duration(in.MaxDuration),
	}
}

// check reports budgets in which nothing is ever proven.
func (in *verifyBlock) check(d *decode.Attributes) hcl.Diagnostics {
	if in == nil {
		return nil
	}
	var diags hcl.Diagnostics
	for _, c := range []struct {
		name string
		n    int64
	}{{"max_bytes", int64(in.MaxBytes)}, {"max_duration", int64(in.MaxDuration)}} {
		path := "verify." + c.name
		if c.n == 0 && d.Given(path) && !d.Failed[path] {
			diags = append(diags, problem.Problem{
				Summary: "Invalid limit",
				Detail:  fmt.Sprintf("With a %s of zero nothing is ever verified.", c.name),
				Hint:    fmt.Sprintf("leave out %s for no limit, or leave out the verify block", c.name),
			}.At(d.RangeOf(path))...)
		}
	}
	return diags
}

// serverProofs reports the level "server" for destinations whose server is not asked for
// checksums, or has none.
func (in *Decoded) serverProofs() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i, d := range in.Spec.Destinations {
		if d.Verify != nil && d.Verify.Level == state.ServerProof {
			diags = append(diags, checkServerProof(d, in.destinations[i])...)
		}
	}
	for i, b := range in.Spec.Backups {
		for _, c := range b.Copies {
			if d, known := in.Spec.Destination(c.Destination); known && b.Verify != nil && b.Verify.Level == state.ServerProof {
				diags = append(diags, checkServerProof(d, in.backups[i])...)
			}
		}
	}
	return diags
}

// checkServerProof reports the level of a verify block that a destination cannot give.
func checkServerProof(d config.Destination, at *decode.Attributes) hcl.Diagnostics {
	p := problem.Problem{
		Summary: "Level that the destination cannot give",
		Detail:  fmt.Sprintf("level = %q has the server compute checksums, but a destination of type %q has none.", state.ServerProof, d.Type),
		Hint:    fmt.Sprintf("write level = %q, which reads every byte back", state.ReadProof),
	}
	switch asks, can := d.Settings.(providers.ServerSummer); {
	case can && asks.AsksServer():
		return nil
	case can:
		p.Detail = fmt.Sprintf("level = %q has the server compute checksums, but destination %q does not ask it for any.", state.ServerProof, d.Name)
		p.Hint = fmt.Sprintf("set verify = %q in its transfer block, or write level = %q here, which reads every byte back", providers.VerifyHash, state.ReadProof)
	}
	return p.At(at.RangeOf("verify.level"))
}
