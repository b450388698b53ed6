package block

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// sourceTypes are the drivers that backups can be read from.
var sourceTypes = []string{"local"}

type sourceBlock struct {
	Layout   scalar.Layout      `hcl:"layout,optional"`
	Timezone scalar.Timezone    `hcl:"timezone,optional"`
	Ignore   []scalar.Glob      `hcl:"ignore,optional"`
	Settle   providers.Duration `hcl:"settle,optional"`
	OnEmpty  scalar.OnEmpty     `hcl:"on_empty,optional"`

	ReadyFiles []scalar.SetFile `hcl:"ready_file,optional"`
}

func decodeSource(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	settings, diags := settingsFor(out.drivers, d.Block, sourceTypes)
	if diags.HasErrors() {
		return diags
	}
	in := sourceBlock{
		Layout:   scalar.DefaultLayout(),
		Timezone: "Local",
		Settle:   providers.Duration(10 * time.Minute),
		OnEmpty:  "error",
	}
	diags = append(diags, d.Decode(&in, settings)...)
	diags = append(diags, d.Report(settings.Check())...)
	if diags.HasErrors() {
		return diags
	}
	out.sources = append(out.sources, d.Attributes)
	out.Spec.Sources = append(out.Spec.Sources, config.Source{
		Name:     d.Name(),
		Type:     d.Block.Labels[0],
		Settings: settings,
		Layout:   in.Layout.Layout,
		Timezone: string(in.Timezone),
		Ignore:   scalar.Strings(in.Ignore),
		Settle:   time.Duration(in.Settle),
		OnEmpty:  string(in.OnEmpty),

		ReadyFiles: scalar.Strings(in.ReadyFiles),
	})
	return diags
}
