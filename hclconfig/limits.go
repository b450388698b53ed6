package hclconfig

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// An expression of a few lines can have a result larger than any memory: nested
// loops, a text that doubles from local to local, setproduct. The limits for all
// expressions of a configuration together are far above what one needs.
const (
	maxRounds = 50_000   // of for expressions
	maxParts  = 50_000   // values in one value
	maxText   = 64 << 20 // bytes of text that templates and functions make
)

var (
	errRounds = fmt.Errorf("the for expressions of this configuration take more than %d rounds", maxRounds)
	errParts  = fmt.Errorf("the value would have more than %d parts", maxParts)
	errText   = fmt.Errorf("the texts of this configuration would have more than %d MiB", maxText>>20)
)

const summaryTooLarge = "Expression too large"

func sentence(err error) string { return strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "." }

const limitHint = "a configuration needs no such value: write fewer or smaller collections"

// spending counts what the expressions of a configuration have used.
type spending struct{ rounds, text int }

// Names that no file can call.
const (
	roundsFunction = "vmxsync rounds"
	textFunction   = "vmxsync text"
)

// functions are the ones that meter inserts to count.
func (s *spending) functions() map[string]function.Function {
	return map[string]function.Function{roundsFunction: counting(s.loop), textFunction: counting(s.make)}
}

func counting(count func(cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], count(args[0]) },
	})
}

func (s *spending) loop(over cty.Value) error {
	if over.IsKnown() && !over.IsNull() && over.CanIterateElements() {
		s.rounds += over.LengthInt()
	}
	if s.rounds > maxRounds {
		return errRounds
	}
	return nil
}

func (s *spending) make(v cty.Value) error {
	if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		s.text += len(v.AsString())
	}
	if s.text > maxText {
		return errText
	}
	return nil
}

// meter wraps the collections and values of for expressions and the parts of
// templates in functions that count.
func meter(root hclsyntax.Node) {
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

// explainLimits replaces the text of hcl for a limit that was exceeded by ours.
func explainLimits(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
		if !ok || call.FunctionCallError() == nil {
			continue
		}
		for _, limit := range []error{errRounds, errParts, errText} {
			if err := call.FunctionCallError(); errors.Is(err, limit) || strings.Contains(err.Error(), limit.Error()) {
				d.Summary, d.Detail = summaryTooLarge, sentence(limit)
				d.Extra = problem.Extra{Hint: limitHint, Own: true}
			}
		}
	}
	return diags
}

// extent is how many values v is made of, and the bytes of its texts, as far as
// they are counted. A value that another holds twice counts twice, as a walk
// visits it twice.
func extent(v cty.Value) (parts, text int) {
	// The error is the end of the count.
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		parts++
		if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			text += len(v.AsString())
		}
		if parts > maxParts {
			return false, errParts
		}
		return true, nil
	})
	return parts, text
}

// checkSize is the problem of a value that is too large.
func checkSize(v cty.Value, r hcl.Range) hcl.Diagnostics {
	if parts, text := extent(v); parts <= maxParts && text <= maxText {
		return nil
	}
	return problem.Problem{Summary: summaryTooLarge, Detail: sentence(errParts), Hint: limitHint}.At(r)
}

// affordable returns an error if a function would exceed a limit, before the call.
func (s *spending) affordable(name string, args []cty.Value) error {
	if s.rounds > maxRounds {
		return errRounds // the enclosing loops run to their end, and must do no work meanwhile
	}
	parts, text := 0, 0
	for _, a := range args {
		p, t := extent(a)
		if parts, text = parts+p, text+t; parts > maxParts {
			return errParts
		}
	}
	parts, text = growth(name, args, parts, text)
	switch {
	case parts > maxParts:
		return errParts
	case text > maxText-s.text:
		return errText
	}
	return nil
}

// made counts the result of a function.
func (s *spending) made(v cty.Value) {
	_, text := extent(v)
	s.text += text
}

// wideVerb is a verb of a format with a width of more than three digits.
var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*([0-9]{4}|\*)`)

// growth is the largest possible result of a function for arguments with so many
// parts and so much text. Most results are no larger than the arguments.
func growth(name string, args []cty.Value, parts, text int) (int, int) {
	switch name {
	case "setproduct":
		return product(args), text
	case "split", "regexall", "csvdecode", "jsondecode", "chunklist":
		return parts + text, text
	case "replace":
		return parts, capped(textOf(args, 0), textOf(args, 2)) + text
	case "join":
		return parts, capped(parts, textOf(args, 0)) + text
	case "indent":
		return parts, capped(indentation(args), textOf(args, 1)) + text
	case "format", "formatlist":
		if len(args) > 0 && wideVerb.MatchString(texts(args[0])) {
			return parts, maxText + 1
		}
		return parts, capped(max(1, textOf(args, 0)), max(1_000, text))
	case "jsonencode":
		return parts, 6*text + 64*parts
	}
	return parts, 2 * text
}

// product is how many values setproduct makes.
func product(args []cty.Value) int {
	n := len(args)
	for _, a := range args {
		if a.IsKnown() && !a.IsNull() && a.CanIterateElements() && n <= maxParts {
			n *= a.LengthInt()
		}
	}
	return n
}

// capped is a product that does not overflow.
func capped(a, b int) int {
	if a > 0 && b > maxText/a {
		return maxText + 1
	}
	return a * b
}

// textOf is how much text an argument holds.
func textOf(args []cty.Value, i int) int {
	if i >= len(args) {
		return 0
	}
	_, text := extent(args[i])
	return text
}

func indentation(args []cty.Value) int {
	if len(args) == 0 || args[0].Type() != cty.Number || !args[0].IsKnown() || args[0].IsNull() {
		return 1
	}
	n, _ := args[0].AsBigFloat().Int64()
	return int(min(max(1, n), maxText))
}

func texts(v cty.Value) string {
	if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return v.AsString()
	}
	return ""
}
