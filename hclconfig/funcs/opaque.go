package funcs

import (
	"errors"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
)

var errReference = errors.New("a secret reference cannot be used in a function")

// opaque makes f refuse references, which its result might reveal, and arguments
// whose result would be too large.
func opaque(name string, f function.Function, spent *limits.Spending) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := spent.Affordable(name, args); err != nil {
				return cty.NilType, err
			}
			for i, a := range args {
				if HoldsReference(a) {
					return cty.NilType, function.NewArgError(i, errReference)
				}
			}
			t, err := f.ReturnTypeForValues(args)
			return t, redactError(err)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil {
				spent.Made(v)
			}
			return v, redactError(err)
		},
	})
}

// redactError hides the values in the error of a function: an argument may be a secret,
// also one that is written out elsewhere.
func redactError(err error) error {
	var arg function.ArgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &arg):
		return function.NewArgError(arg.Index, errors.New(errorWithoutValues(err)))
	}
	return errors.New(errorWithoutValues(err))
}

// errorWithoutValues is the text of an error without the values that cty puts into it: in
// quotes, and a pattern at the end.
func errorWithoutValues(err error) string {
	text, _, pattern := strings.Cut(err.Error(), "invalid regexp pattern: ")
	if pattern {
		return text + "the pattern is no regular expression"
	}
	return redact.WithoutQuotations(text)
}
