package limits

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Spending counts what the expressions of a configuration have used.
type Spending struct{ rounds, text int }

// Names that no file can call.
const (
	roundsFunction = "vmxsync rounds"
	textFunction   = "vmxsync text"
)

// Functions are the ones that meter inserts to count.
func (s *Spending) Functions() map[string]function.Function {
	return map[string]function.Function{roundsFunction: counting(s.loop), textFunction: counting(s.make)}
}

func counting(count func(cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], count(args[0]) },
	})
}

func (s *Spending) loop(over cty.Value) error {
	if over.IsKnown() && !over.IsNull() && over.CanIterateElements() {
		s.rounds += over.LengthInt()
	}
	if s.rounds > maxRounds {
		return errRounds
	}
	return nil
}

func (s *Spending) make(v cty.Value) error {
	if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		s.text += len(v.AsString())
	}
	if s.text > maxText {
		return errText
	}
	return nil
}

// Meter wraps the collections and values of for expressions and the parts of
// templates in functions that count.
func Meter(root hclsyntax.Node) {
	hclsyntax.VisitAll(root, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.ForExpr:
			n.CollExpr, n.ValExpr = metered(roundsFunction, n.CollExpr), metered(textFunction, n.ValExpr)
		case *hclsyntax.TemplateExpr:
			for i, part := range n.Parts {
				n.Parts[i] = metered(textFunction, part)
			}
		}
		return nil
	})
}

func metered(name string, e hclsyntax.Expression) hclsyntax.Expression {
	if _, plain := e.(*hclsyntax.LiteralValueExpr); plain {
		return e
	}
	r := e.Range()
	return &hclsyntax.FunctionCallExpr{Name: name, Args: []hclsyntax.Expression{e}, NameRange: r, OpenParenRange: r, CloseParenRange: r}
}
