package decode

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/read"
)

// Decoder fills structs with hcl tags from the body of one block.
type Decoder struct {
	*Attributes
	Env
	later []string // attributes of later versions
}

// Env is what the values of a block depend on besides its text.
type Env struct {
	Scope *eval.Scope
	Files *read.Files
	Dir   string // relative paths are relative to it
}

// New is for a block, which may have attributes of later versions.
func New(b *hcl.Block, around Env, later []string) *Decoder {
	return &Decoder{Env: around, later: later, Attributes: &Attributes{
		Block: b, ranges: map[string]hcl.Range{}, Failed: map[string]bool{}, values: map[string]written{}, words: around.Files.Words,
	}}
}
