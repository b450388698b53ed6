package hclconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/state/config"
)

// files holds the files that were read in a run, for snippets and for the Spec.
type files struct {
	parsed map[string]*hcl.File // by the name that diagnostics show
	broken map[string]bool      // those that do not parse
	words  redact.Vocabulary
	shown  map[string]redact.File // made when a diagnostic shows a line
	sums   []config.ConfigFile
}

// list lists the configuration directory, and reports what is in it and is not read.
func list(dir string) (confdir.Listing, hcl.Diagnostics) {
	l, err := confdir.Read(dir)
	if err != nil {
		return l, problem.Unreadable("Configuration directory not readable", dir, err)
	}
	var diags hcl.Diagnostics
	for _, name := range l.JSON {
		diags = append(diags, problem.Problem{
			Summary: "Not supported by this version",
			Detail:  fmt.Sprintf("%s is a configuration in JSON syntax, which this version does not support. vmxsync does not skip it silently.", name),
			Hint:    "write it in HCL, as *.vmxsync.hcl",
		}.Nowhere()...)
	}
	for _, name := range l.Notepad {
		diags = append(diags, problem.Warnings(problem.Problem{
			Summary: "File with a second extension",
			Detail:  fmt.Sprintf("%s ends with .txt and is not read.", name),
			Hint:    fmt.Sprintf("rename it to %s; in Notepad choose \"All files\" as type when saving", confdir.AsConfig(name)),
		}.Nowhere())...)
	}
	if len(l.Config) > 0 {
		return l, diags
	}
	return l, append(diags, problem.Problem{
		Summary: "No configuration",
		Detail:  fmt.Sprintf("There is no %s and no *%s in %s.", confdir.MainFile, confdir.MoreFiles, dir),
		Hint:    "write " + confdir.MainFile + " there, or name the directory with -chdir=DIR",
	}.Nowhere()...)
}

// read parses one file. Diagnostics show the name as given; the file is read from
// dir, unless the name is absolute.
func (f *files) read(dir, name string) (hcl.Body, hcl.Diagnostics) {
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(dir, name)
	}
	src, err := confdir.Text(path)
	if err != nil {
		return nil, problem.Unreadable("File not readable", name, err)
	}
	sum := sha256.Sum256(src)
	f.sums = append(f.sums, config.ConfigFile{Path: path, SHA256: hex.EncodeToString(sum[:])})
	return f.parse(name, src)
}

// parse reads the text of a file, and keeps it for its diagnostics. If it does not
// parse, the body is the part that could be read; nil if there is none.
func (f *files) parse(name string, src []byte) (hcl.Body, hcl.Diagnostics) {
	if f.parsed == nil {
		f.parsed, f.broken = map[string]*hcl.File{}, map[string]bool{}
	}
	f.parsed[name], f.broken[name] = &hcl.File{Bytes: src}, true
	if diags := limits.CheckNesting(src, name); diags.HasErrors() {
		return nil, diags
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	f.parsed[name], f.broken[name] = file, !intact(diags)
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		limits.Meter(body)
	}
	return file.Body, explainSyntax(diags)
}
