package funcs

import (
	"reflect"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/providers"
)

// ReferenceType is the opaque type of secrets: an expression can hand such a
// value on, and nothing else.
var ReferenceType = cty.CapsuleWithOps("secret reference", reflect.TypeFor[providers.Reference](), &cty.CapsuleOps{
	RawEquals: func(a, b any) bool {
		return a.(*providers.Reference).String() == b.(*providers.Reference).String()
	},
})

// ReferenceValue is a reference as expressions see it.
func ReferenceValue(r providers.Reference) cty.Value {
	return cty.CapsuleVal(ReferenceType, &r)
}

// HoldsReference reports whether v is a reference or contains one.
func HoldsReference(v cty.Value) bool {
	found := false
	// Walk returns only the errors of its callback, and this one has none.
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		found = found || v.Type() == ReferenceType
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
		Type:   function.StaticReturnType(ReferenceType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[0].AsString()
			if name == "" {
				return cty.NilVal, function.NewArgErrorf(0, "must not be empty")
			}
			return ReferenceValue(refer(name)), nil
		},
	})
}

func commandFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "arguments", Type: cty.List(cty.String)}},
		Type:   function.StaticReturnType(ReferenceType),
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
			return ReferenceValue(r), nil
		},
	})
}
