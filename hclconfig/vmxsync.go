package hclconfig

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
)

type vmxsyncBlock struct {
	RequiredVersion string           `hcl:"required_version,optional"` // checked by checkVersion
	Name            scalar.OwnerName `hcl:"name,optional"`
}

func (l *loader) decodeVmxsync() hcl.Diagnostics {
	l.spec.Name = l.opts.Hostname
	var diags hcl.Diagnostics
	for _, b := range l.blocks["vmxsync"] {
		var in vmxsyncBlock
		diags = append(diags, l.decoder(b).Decode(&in)...)
		if in.Name != "" {
			l.spec.Name = string(in.Name)
		}
	}
	return diags
}
