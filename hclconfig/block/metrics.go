package block

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/state/config"
)

type metricsBlock struct {
	Textfile string `hcl:"textfile"`
}

func decodeMetrics(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	var in metricsBlock
	diags := d.Decode(&in)
	m := config.Metrics{Textfile: in.Textfile}
	if m.Textfile != "" {
		m.Textfile = confdir.Absolute(out.Spec.Dir, m.Textfile)
	}
	out.Spec.Metrics = &m
	return append(diags, d.Report(d.Written(m.Check()))...)
}
