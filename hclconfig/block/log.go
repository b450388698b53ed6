package block

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

type logBlock struct {
	File     string         `hcl:"file"`
	Level    string         `hcl:"level,optional"`
	Format   string         `hcl:"format,optional"`
	MaxSize  providers.Size `hcl:"max_size,optional"`
	MaxFiles int            `hcl:"max_files,optional"`
}

func decodeLog(out *Decoded, d *decode.Decoder) hcl.Diagnostics {
	usual := config.DefaultLog()
	in := logBlock{Level: usual.Level, Format: usual.Format, MaxSize: providers.Size(usual.MaxSize), MaxFiles: usual.MaxFiles}
	diags := d.Decode(&in)
	log := config.Log{File: in.File, Level: in.Level, Format: in.Format, MaxSize: int64(in.MaxSize), MaxFiles: in.MaxFiles}
	if log.File != "" {
		log.File = confdir.Absolute(out.Spec.Dir, log.File)
	}
	out.Spec.Log = &log
	return append(diags, d.Report(d.Written(log.Check()))...)
}
