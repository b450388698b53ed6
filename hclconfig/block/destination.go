package block

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

type destinationBlock struct {
	Layout        scalar.Layout      `hcl:"layout,optional"`
	TrustUnmarked bool               `hcl:"trust_unmarked,optional"`
	Optional      bool               `hcl:"optional,optional"`
	Publish       scalar.Publish     `hcl:"publish,optional"`
	WorkDir       scalar.WorkDir     `hcl:"work_dir,optional"`
	Quota         providers.Size     `hcl:"quota,optional"`
	TrashKeep     providers.Duration `hcl:"trash_keep,optional"`
	Verify        *verifyBlock       `hcl:"verify,block"`
}

func decodeDestination(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	settings, diags := settingsFor(out.drivers, d.Block, typesOf(out.drivers))
	if diags.HasErrors() {
		return diags
	}
	in := destinationBlock{Layout: scalar.DefaultLayout(), WorkDir: ".vmxsync"}
	diags = append(diags, d.Decode(&in, settings)...)
	diags = append(diags, d.Report(settings.Check())...)
	diags = append(diags, in.Verify.check(d.Attributes)...)
	if diags.HasErrors() {
		return diags
	}
	out.destinations = append(out.destinations, d.Attributes)
	out.Spec.Destinations = append(out.Spec.Destinations, config.Destination{
		Name:          d.Name(),
		Type:          d.Block.Labels[0],
		Settings:      settings,
		Layout:        in.Layout.Layout,
		TrustUnmarked: in.TrustUnmarked,
		Optional:      in.Optional,
		Publish:       config.Publish(in.Publish),
		WorkDir:       string(in.WorkDir),
		Quota:         int64(in.Quota),
		TrashKeep:     time.Duration(in.TrashKeep),
		Verify:        in.Verify.verify(),
	})
	return diags
}
