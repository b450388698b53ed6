package read

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/state/config"
)

// Files holds the files that were read in a run, for snippets and for the Spec.
type Files struct {
	Words  redact.Vocabulary
	Sums   []config.ConfigFile
	Broken map[string]bool // those that do not parse, by the name that diagnostics show

	parsed map[string]*hcl.File   // by the same name
	shown  map[string]redact.File // made when a diagnostic shows a line
}

// NewFiles is for files of a language with these words.
func NewFiles(words redact.Vocabulary) *Files {
	return &Files{parsed: map[string]*hcl.File{}, Broken: map[string]bool{}, Words: words, shown: map[string]redact.File{}}
}

// Read parses one file. Diagnostics show the name as given; the file is read from
// dir, unless the name is absolute.
func (f *Files) Read(dir, name string) (hcl.Body, hcl.Diagnostics) {
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(dir, name)
	}
	src, err := confdir.Text(path)
	if err != nil {
		return nil, problem.Unreadable("File not readable", name, err)
	}
	sum := sha256.Sum256(src)
	f.Sums = append(f.Sums, config.ConfigFile{Path: path, SHA256: hex.EncodeToString(sum[:])})
	return f.parse(name, src)
}

// parse reads the text of a file, and keeps it for its diagnostics. If it does not
// parse, the body is the part that could be read; nil if there is none.
func (f *Files) parse(name string, src []byte) (hcl.Body, hcl.Diagnostics) {
	f.parsed[name], f.Broken[name] = &hcl.File{Bytes: src}, true
	if diags := limits.CheckNesting(src, name); diags.HasErrors() {
		return nil, diags
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	f.parsed[name], f.Broken[name] = file, !intact(diags)
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		limits.Meter(body)
	}
	return file.Body, explainSyntax(diags)
}
