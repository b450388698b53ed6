package limits

import (
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// CheckSize is the problem of a value that is too large.
func CheckSize(v cty.Value, r hcl.Range) hcl.Diagnostics {
	if parts, text := extent(v); parts <= maxParts && text <= maxText {
		return nil
	}
	return problem.Problem{Summary: summaryTooLarge, Detail: sentence(errParts), Hint: limitHint}.At(r)
}

// Affordable returns an error if a function would exceed a limit, before the call.
func (s *Spending) Affordable(name string, args []cty.Value) error {
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

// Made counts the result of a function.
func (s *Spending) Made(v cty.Value) {
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
