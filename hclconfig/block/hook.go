package block

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

type hookBlock struct {
	On      []scalar.Occasion  `hcl:"on,,or_one"`
	Command []string           `hcl:"command"`
	Timeout providers.Duration `hcl:"timeout,optional"`
	Env     map[string]string  `hcl:"env,optional"`
}

func decodeHook(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	in := hookBlock{Timeout: providers.Duration(5 * time.Minute)}
	diags := d.Decode(&in)
	h := config.Hook{Name: d.Name(), Command: in.Command, Dir: out.Spec.Dir, Timeout: in.Timeout, Env: in.Env}
	for _, o := range in.On {
		h.On = append(h.On, config.Occasion(o))
	}
	if len(h.Command) > 0 {
		h.Command[0] = program(out.Spec.Dir, h.Command[0])
	}
	diags = append(diags, d.Report(d.Written(h.Check()))...)
	out.Spec.Hooks = append(out.Spec.Hooks, h)
	return diags
}

// program is a path if it has a separator, as in a shell; else a name that is
// looked up in PATH when it is run.
func program(dir, name string) string {
	if !strings.ContainsAny(name, `/`+string(filepath.Separator)) {
		return name
	}
	return confdir.Absolute(dir, name)
}
