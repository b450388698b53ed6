package decode

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/providers"
)

// Attributes is what is known of the attributes of a block once it was decoded, for
// checks: where each of them is, whether it failed, and what may be shown of it. A path
// is "port", "tls", "tls.mode" or "vms[1]".
type Attributes struct {
	Block  *hcl.Block
	Failed map[string]bool      // paths of attributes with an error
	ranges map[string]hcl.Range // by path
	values map[string]written   // by path, of what was evaluated
	words  redact.Vocabulary
}

// Name is the name of the block, its last label.
func (a *Attributes) Name() string { return a.Block.Labels[len(a.Block.Labels)-1] }

// RangeOf is the range of the attribute at that path, or of what it is part of, or of
// the block.
func (a *Attributes) RangeOf(path string) hcl.Range {
	for path != "" {
		if r, ok := a.ranges[path]; ok {
			return r
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return a.Block.DefRange
}

// Given reports whether the attribute at a path is written, and not null.
func (a *Attributes) Given(path string) bool {
	_, ok := a.ranges[path]
	return ok
}

// GivenAny reports whether one of several attributes is written.
func (a *Attributes) GivenAny(paths []string) bool { return slices.ContainsFunc(paths, a.Given) }

// Written leaves out problems of missing arguments, which are reported as missing.
func (a *Attributes) Written(problems []providers.Problem) []providers.Problem {
	return slices.DeleteFunc(problems, func(p providers.Problem) bool { return p.Attribute != "" && !a.isWritten(p.Attribute) })
}

// isWritten reports whether the argument at a path is present, or the list that
// an expression made and that contains it.
func (a *Attributes) isWritten(path string) bool {
	list, _, _ := strings.Cut(path, "[")
	_, there := a.ranges[path]
	_, whole := a.ranges[list]
	return there || whole
}
