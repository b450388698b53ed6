package hclconfig

import (
	"errors"
	"reflect"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/providers"
)

// referenceType is the opaque type of secrets: an expression can hand such a
// value on, and nothing else.
var referenceType = cty.CapsuleWithOps("secret reference", reflect.TypeFor[providers.Reference](), &cty.CapsuleOps{
	RawEquals: func(a, b any) bool {
		return a.(*providers.Reference).String() == b.(*providers.Reference).String()
	},
})

func referenceValue(r providers.Reference) cty.Value {
	return cty.CapsuleVal(referenceType, &r)
}

// holdsReference reports whether v is a reference or contains one.
func holdsReference(v cty.Value) bool {
	found := false
	// Walk returns only the errors of its callback, and this one has none.
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		found = found || v.Type() == referenceType
		return !found, nil
	})
	return found
}

// referenceFunctions are env, file and command. Paths are relative to dir, the
// directory of the files that call them.
func referenceFunctions(dir string) map[string]function.Function {
	return map[string]function.Function{
		"env": nameFunction("name", func(name string) providers.Reference {
			return providers.Reference{Kind: providers.EnvReference, Name: name}
		}),
		"file": nameFunction("path", func(path string) providers.Reference {
			return providers.Reference{Kind: providers.FileReference, Name: confdir.Absolute(dir, path)}
		}),
		"command": commandFunction(),
	}
}

func nameFunction(param string, refer func(string) providers.Reference) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: param, Type: cty.String}},
		Type:   function.StaticReturnType(referenceType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[0].AsString()
			if name == "" {
				return cty.NilVal, function.NewArgErrorf(0, "must not be empty")
			}
			return referenceValue(refer(name)), nil
		},
	})
}

func commandFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "arguments", Type: cty.List(cty.String)}},
		Type:   function.StaticReturnType(referenceType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			r := providers.Reference{Kind: providers.CommandReference}
			for _, a := range args[0].AsValueSlice() {
				if a.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "must not contain null")
				}
				r.Args = append(r.Args, a.AsString())
			}
			if len(r.Args) == 0 || r.Args[0] == "" {
				return cty.NilVal, function.NewArgErrorf(0, "must begin with the name of a program")
			}
			return referenceValue(r), nil
		},
	})
}

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
				if holdsReference(a) {
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
