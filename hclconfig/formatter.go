package hclconfig

import (
	"github.com/vmxsync/vmxsync/hclconfig/block"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/read"
	"github.com/vmxsync/vmxsync/providers"
)

// Formatter brings files into their canonical form.
type Formatter struct {
	Drivers []providers.Driver // they know which attributes are secret
}

// Format returns the canonical form of a file: the same tokens with canonical
// spacing. Line ends and a byte order mark stay as they are. A file that does not
// parse has diagnostics instead; name is its name in them.
func (f Formatter) Format(name string, src []byte) ([]byte, diag.Diagnostics) {
	return f.files().Format(name, src)
}

// Lines are the lines of a file, without their ends, as they may be shown:
// values that may be secret are left out, and all values of a file of values.
func (f Formatter) Lines(name string, src []byte) []string { return f.files().Lines(name, src) }

func (f Formatter) files() *read.Files { return read.NewFiles(block.NewVocabulary(f.Drivers)) }
