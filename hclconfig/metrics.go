package hclconfig

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/state/config"
)

type metricsBlock struct {
	Textfile string `hcl:"textfile"`
}

func (l *loader) decodeMetrics(d *decoder) hcl.Diagnostics {
	var in metricsBlock
	diags := d.decode(&in)
	m := config.Metrics{Textfile: in.Textfile}
	if m.Textfile != "" {
		m.Textfile = confdir.Absolute(l.spec.Dir, m.Textfile)
	}
	l.spec.Metrics = &m
	return append(diags, d.report(d.written(m.Check()))...)
}
