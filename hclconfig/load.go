package hclconfig

import (
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/block"
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
	l := loader{opts: opts, files: read.NewFiles(block.NewVocabulary(opts.Drivers))}
	diags := l.load()
	out := l.files.Export(diags)
	if !diags.HasErrors() {
		return &l.out.Spec, secret.Resolver{Env: opts.Env, Variables: l.inputs.Secrets()}, out
	}
	if opts.Salvaged != nil {
		l.salvage(opts.Salvaged)
	}
	return nil, secret.Resolver{Env: opts.Env, Variables: l.inputs.Secrets()}, out
}

// loader is one run of Load. Its steps build on each other in the order of
// load; each reports all it can before the next begins.
type loader struct {
	opts   Options
	dir    string
	files  *read.Files
	blocks block.Blocks
	inputs variable.Inputs
	found  confdir.Listing
	bodies []hcl.Body // also what could be made of files that do not parse
	out    *block.Decoded
}

func (l *loader) load() hcl.Diagnostics {
	dir, err := filepath.Abs(l.opts.Dir)
	if err != nil {
		return problem.Unreadable("Configuration directory not readable", l.opts.Dir, err)
	}
	l.dir = dir
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
	l.blocks, more = block.Collect(l.bodies)
	diags = append(diags, more...)
	diags = append(diags, l.blocks.CheckNames()...)
	diags = append(diags, l.evaluate(found)...)
	diags = append(diags, l.decode()...)
	if !diags.HasErrors() {
		diags = append(diags, l.out.WarnWithoutBackups()...)
	}
	l.out.Spec.Files = l.files.Sums
	l.out.Spec.Variables = l.inputs.Spec()
	return diags
}

func (l *loader) parse(names []string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range names {
		body, more := l.files.Read(l.dir, name)
		diags = append(diags, more...)
		if body != nil {
			l.bodies = append(l.bodies, body)
		}
	}
	return diags
}

// evaluate gives variables and locals their values, for the blocks to come.
func (l *loader) evaluate(found confdir.Listing) hcl.Diagnostics {
	in, diags := variable.Read(l.blocks["variable"], variable.Origins{
		Env: l.opts.Env, Dir: l.dir, Names: found.Vars, Args: l.opts.Vars, Files: l.files,
	})
	l.inputs = in
	all, more := eval.CollectLocals(l.blocks["locals"])
	diags = append(diags, more...)
	scope := eval.NewScope(l.dir, l.inputs.Visible(), l.blocks.Addresses(), all)
	l.out = block.NewDecoded(decode.Env{Scope: scope, Files: l.files, Dir: l.dir}, l.opts.Drivers, l.opts.Hostname)
	diags = append(diags, l.inputs.Validate(scope)...)
	return append(diags, all.Evaluate(scope)...)
}

// decode fills the Spec from the blocks, and checks it as a whole as far as
// its parts are good.
func (l *loader) decode() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, k := range block.Kinds {
		diags = append(diags, l.decodeAll(k)...)
	}
	return append(diags, l.out.Check()...)
}

func (l *loader) decodeAll(k block.Kind) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, b := range l.blocks[k.Type] {
		diags = append(diags, k.Decode(l.out, b)...)
	}
	return diags
}
