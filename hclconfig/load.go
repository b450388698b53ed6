package hclconfig

import (
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/read"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/hclconfig/variable"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// Options are what to load, and what the result depends on besides the files.
type Options struct {
	Dir      string             // configuration directory; "" is the current one
	Drivers  []providers.Driver // the types of sources and destinations
	Vars     []VarArg           // -var and -var-file in the order of the command line
	Env      func(name string) (value string, ok bool)
	Hostname string // Spec.Name, if the configuration has none
	Version  string // of this program, for required_version; "" meets every constraint
	// Salvaged receives the notify blocks that can be read in spite of errors.
	// May be nil.
	Salvaged *Salvage
}

// Load reads the configuration of a directory. The Spec is nil if there are
// errors. The Secrets resolve the references of that Spec, with the sensitive
// variables of this run.
func Load(opts Options) (*config.Spec, secret.Resolver, diag.Diagnostics) {
	l := loader{opts: opts, files: read.NewFiles(newVocabulary(opts.Drivers))}
	diags := l.load()
	out := l.files.Export(diags)
	if !diags.HasErrors() {
		return &l.spec, secret.Resolver{Env: opts.Env, Variables: l.inputs.Secrets()}, out
	}
	if opts.Salvaged != nil {
		l.salvage(opts.Salvaged)
	}
	return nil, secret.Resolver{Env: opts.Env, Variables: l.inputs.Secrets()}, out
}

// decoded is a Spec with the attributes of its blocks, by the index of each in the
// Spec: they hold the ranges for checks of the whole.
type decoded struct {
	spec                           config.Spec
	sources, destinations, backups []*decode.Attributes
}

// loader is one run of Load. Its steps build on each other in the order of
// load; each reports all it can before the next begins.
type loader struct {
	decoded
	opts   Options
	files  *read.Files
	blocks blocks
	inputs variable.Inputs
	scope  *eval.Scope
	found  confdir.Listing
	bodies []hcl.Body // also what could be made of files that do not parse
}

func (l *loader) load() hcl.Diagnostics {
	dir, err := filepath.Abs(l.opts.Dir)
	if err != nil {
		return problem.Unreadable("Configuration directory not readable", l.opts.Dir, err)
	}
	l.spec.Dir = dir
	found, diags := read.List(dir)
	l.found = found
	more := l.parse(found.Config)
	if diags.HasErrors() {
		return diags
	}
	if newer := checkVersion(l.bodies, l.opts.Version); newer.HasErrors() {
		return newer
	}
	if diags = append(diags, more...); diags.HasErrors() {
		return diags // the declarations of a broken file are unknown and would be reported as missing
	}
	l.blocks, more = collect(l.bodies)
	diags = append(diags, more...)
	diags = append(diags, l.blocks.checkNames()...)
	diags = append(diags, l.evaluate(found)...)
	diags = append(diags, l.decode()...)
	if !diags.HasErrors() {
		diags = append(diags, l.warnWithoutBackups()...)
	}
	l.spec.Files = l.files.Sums
	l.spec.Variables = l.inputs.Spec()
	return diags
}

func (l *loader) parse(names []string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range names {
		body, more := l.files.Read(l.spec.Dir, name)
		diags = append(diags, more...)
		if body != nil {
			l.bodies = append(l.bodies, body)
		}
	}
	return diags
}

// evaluate gives variables and locals their values.
func (l *loader) evaluate(found confdir.Listing) hcl.Diagnostics {
	in, diags := variable.Read(l.blocks["variable"], variable.Origins{
		Env: l.opts.Env, Dir: l.spec.Dir, Names: found.Vars, Args: l.opts.Vars, Files: l.files,
	})
	l.inputs = in
	all, more := eval.CollectLocals(l.blocks["locals"])
	diags = append(diags, more...)
	l.scope = eval.NewScope(l.spec.Dir, l.inputs.Visible(), l.blocks.addresses(), all)
	diags = append(diags, l.inputs.Validate(l.scope)...)
	return append(diags, all.Evaluate(l.scope)...)
}

// decode fills the Spec from the blocks, and checks it as a whole as far as
// its parts are good.
func (l *loader) decode() hcl.Diagnostics {
	diags := append(l.decodeVmxsync(), l.decodeGuard()...)
	for _, kind := range []struct {
		name   string
		decode func(*decode.Decoder) hcl.Diagnostics
	}{
		{"source", l.decodeSource},
		{"destination", l.decodeDestination},
		{"retention", l.decodeRetention},
		{"backup", l.decodeBackup},
		{"hook", l.decodeHook},
		{"notify", l.decodeNotify},
		{"metrics", l.decodeMetrics},
		{"log", l.decodeLog},
	} {
		for _, b := range l.blocks[kind.name] {
			diags = append(diags, kind.decode(l.decoder(b))...)
		}
	}
	return append(diags, l.check()...)
}

func (l *loader) decoder(b *hcl.Block) *decode.Decoder {
	return decode.New(b, decode.Env{Scope: l.scope, Files: l.files, Dir: l.spec.Dir}, later[b.Type])
}
