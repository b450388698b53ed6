package eval

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/zclconf/go-cty/cty"
)

// Locals are the named values of all locals blocks.
type Locals map[string]*hcl.Attribute

// CollectLocals joins the blocks with local values.
func CollectLocals(found []*hcl.Block) (Locals, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	all := Locals{}
	for _, b := range found {
		attrs, more := b.Body.JustAttributes()
		diags = append(diags, more...)
		for _, name := range slices.Sorted(maps.Keys(attrs)) {
			if other := all[name]; other != nil {
				diags = append(diags, problem.Problem{
					Summary: "Duplicate local value",
					Detail:  fmt.Sprintf("Two local values have the name %q.", name),
				}.Between(attrs[name].NameRange, other.NameRange)...)
				continue
			}
			all[name] = attrs[name]
		}
	}
	return all, diags
}

func (l Locals) names() []string { return slices.Sorted(maps.Keys(l)) }

// Evaluate fills s.locals, each local after those that it refers to.
func (l Locals) Evaluate(s *Scope) hcl.Diagnostics {
	s.locals = map[string]cty.Value{}
	w := walk{locals: l, scope: s}
	for _, name := range l.names() {
		w.visit(name)
	}
	return w.diags
}

// walk visits locals depth first; path is how it came to the present one.
type walk struct {
	locals Locals
	scope  *Scope
	path   []string
	diags  hcl.Diagnostics
}

func (w *walk) visit(name string) {
	attr := w.locals[name]
	if _, done := w.scope.locals[name]; done || attr == nil {
		return
	}
	if i := slices.Index(w.path, name); i >= 0 {
		w.cycle(w.path[i:])
		return
	}
	w.path = append(w.path, name)
	for _, t := range attr.Expr.Variables() {
		if steps := names(t); t.RootName() == "local" && len(steps) > 0 {
			w.visit(steps[0])
		}
	}
	w.path = w.path[:len(w.path)-1]
	if _, broken := w.scope.locals[name]; broken {
		return
	}
	value, diags := w.scope.Eval(attr.Expr)
	w.scope.locals[name] = value
	w.diags = append(w.diags, diags...)
}

// cycle reports the path and gives its locals an unknown value, so that what
// refers to them does not fail too.
func (w *walk) cycle(path []string) {
	steps := make([]string, 0, len(path)+1)
	for _, name := range path {
		steps = append(steps, "local."+name)
		w.scope.locals[name] = cty.DynamicVal
	}
	w.diags = append(w.diags, problem.Problem{
		Summary: "Cycle in local values",
		Detail:  fmt.Sprintf("A value cannot depend on itself: %s.", strings.Join(append(steps, steps[0]), " -> ")),
	}.At(w.locals[path[0]].Range)...)
}
