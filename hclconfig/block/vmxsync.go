package block

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
)

type vmxsyncBlock struct {
	RequiredVersion string           `hcl:"required_version,optional"` // checked before all else
	Name            scalar.OwnerName `hcl:"name,optional"`
}

func decodeVmxsync(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	var in vmxsyncBlock
	diags := d.Decode(&in)
	if in.Name != "" {
		out.Spec.Name = string(in.Name)
	}
	return diags
}
