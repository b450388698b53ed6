package hclconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vmxsync/vmxsync/providers/regular"
	"github.com/vmxsync/vmxsync/state"
)

// MaxFile is the largest file that is read as configuration, in bytes.
const MaxFile = 8 << 20

const (
	mainFile     = "vmxsync.hcl"
	moreFiles    = ".vmxsync.hcl"
	notepadFiles = ".hcl.txt"
	jsonFiles    = ".vmxsync.hcl.json"
	varsFile     = "vmxsync.vars.hcl"
	autoVarFiles = ".auto.vars.hcl"
)

// files holds the files that were read in a run, for snippets and for the Spec.
type files struct {
	parsed map[string]*hcl.File // by the name that diagnostics show
	broken map[string]bool      // those that do not parse
	words  vocabulary
	shown  map[string]redacted // made when a diagnostic shows a line
	sums   []state.ConfigFile
}

// listing is the names in the configuration directory, sorted by purpose.
type listing struct {
	config, vars, notepad, json []string
}

func list(dir string) (listing, hcl.Diagnostics) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return listing{}, unreadable("Configuration directory not readable", dir, err)
	}
	var l listing
	var auto []string
	for _, e := range entries {
		switch name := e.Name(); {
		case isConfig(name):
			l.config = append(l.config, name)
		case name == varsFile:
			l.vars = append(l.vars, name)
		case strings.HasSuffix(name, autoVarFiles):
			auto = append(auto, name)
		case strings.HasSuffix(name, notepadFiles):
			l.notepad = append(l.notepad, name)
		case strings.HasSuffix(name, jsonFiles):
			l.json = append(l.json, name)
		}
	}
	l.vars = append(l.vars, auto...)
	return l, l.complaints(dir)
}

func (l listing) complaints(dir string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range l.json {
		diags = append(diags, problem{
			summary: "Not supported by this version",
			detail:  fmt.Sprintf("%s is a configuration in JSON syntax, which this version does not support. vmxsync does not skip it silently.", name),
			hint:    "write it in HCL, as *.vmxsync.hcl",
		}.nowhere()...)
	}
	for _, name := range l.notepad {
		diags = append(diags, warnings(problem{
			summary: "File with a second extension",
			detail:  fmt.Sprintf("%s ends with .txt and is not read.", name),
			hint:    fmt.Sprintf("rename it to %s; in Notepad choose \"All files\" as type when saving", asConfig(name)),
		}.nowhere())...)
	}
	if len(l.config) > 0 {
		return diags
	}
	return append(diags, problem{
		summary: "No configuration",
		detail:  fmt.Sprintf("There is no %s and no *%s in %s.", mainFile, moreFiles, dir),
		hint:    "write " + mainFile + " there, or name the directory with -chdir=DIR",
	}.nowhere()...)
}

func isConfig(name string) bool { return name == mainFile || strings.HasSuffix(name, moreFiles) }

// asConfig is the name under which a file of Notepad's would be read.
func asConfig(name string) string {
	name = strings.TrimSuffix(name, notepadFiles)
	if full := name + ".hcl"; isConfig(full) || strings.HasSuffix(full, autoVarFiles) || full == varsFile {
		return full
	}
	return name + moreFiles
}

// read parses one file. Diagnostics show the name as given; the file is read from
// dir, unless the name is absolute.
func (f *files) read(dir, name string) (hcl.Body, hcl.Diagnostics) {
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(dir, name)
	}
	src, err := content(path)
	if err != nil {
		return nil, unreadable("File not readable", name, err)
	}
	sum := sha256.Sum256(src)
	f.sums = append(f.sums, state.ConfigFile{Path: path, SHA256: hex.EncodeToString(sum[:])})
	return f.parse(name, src)
}

// parse reads the text of a file, and keeps it for its diagnostics. If it does not
// parse, the body is the part that could be read; nil if there is none.
func (f *files) parse(name string, src []byte) (hcl.Body, hcl.Diagnostics) {
	if f.parsed == nil {
		f.parsed, f.broken = map[string]*hcl.File{}, map[string]bool{}
	}
	f.parsed[name], f.broken[name] = &hcl.File{Bytes: src}, true
	if diags := nesting(src, name); diags.HasErrors() {
		return nil, diags
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	f.parsed[name], f.broken[name] = file, !intact(diags)
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		meter(body)
	}
	return file.Body, explainSyntax(diags)
}

// content is a whole file as text. Devices and pipes are refused before they
// are opened: reading one may never end.
func content(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a directory")
	}
	f, err := regular.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	return src, textual(src)
}

// textual refuses a file that is too large or not UTF-8.
func textual(src []byte) error {
	switch {
	case len(src) > MaxFile:
		return fmt.Errorf("it is larger than %d MiB", MaxFile>>20)
	case !utf8.Valid(src):
		return errors.New("it is not UTF-8: save it as UTF-8")
	}
	return nil
}

func unreadable(summary, name string, err error) hcl.Diagnostics {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return problem{summary: summary, detail: fmt.Sprintf("%s: %v.", name, err)}.nowhere()
}
