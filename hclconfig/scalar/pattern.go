package scalar

import (
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/vmxsync/vmxsync/state/config"
)

// Glob is a pattern for paths.
type Glob string

func (g *Glob) UnmarshalText(text []byte) error {
	if len(text) == 0 || !doublestar.ValidatePattern(string(text)) {
		return fmt.Errorf("invalid pattern %q: it is empty, or a bracket or brace is not closed", text)
	}
	*g = Glob(text)
	return nil
}

// VMPattern is the name of a VM, or a pattern for names.
type VMPattern string

func (p *VMPattern) UnmarshalText(text []byte) error {
	if strings.Contains(string(text), "/") {
		return fmt.Errorf("%q contains a slash, which the name of a VM cannot", text)
	}
	var g Glob
	err := g.UnmarshalText(text)
	*p = VMPattern(g)
	return err
}

// Literal reports whether the pattern is a name.
func (p VMPattern) Literal() bool {
	_, ok := config.NameIn(string(p))
	return ok
}

// Strings are values of a type of text as plain strings.
func Strings[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}
