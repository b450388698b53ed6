package hclconfig

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// field is a field of a struct that an attribute or a block is decoded into.
type field struct {
	name     string
	path     string // with the names of the blocks around it
	required bool
	isBlock  bool
	orOne    bool   // a list, or its only element alone
	local    string // the tag "path": filePath, rootPath, or "" for what is no path of this machine
	value    reflect.Value
}

// fieldsOf reads the hcl tags of a struct, also of structs embedded in it.
func fieldsOf(v reflect.Value, prefix string) []field {
	var out []field
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		tag, tagged := sf.Tag.Lookup("hcl")
		switch {
		case tagged && tag != "-":
			f := newField(tag, prefix, v.Field(i))
			f.local = sf.Tag.Get("path")
			out = append(out, f)
		case !tagged && sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			out = append(out, fieldsOf(v.Field(i), prefix)...)
		}
	}
	return out
}

func newField(tag, prefix string, v reflect.Value) field {
	name, kind, _ := strings.Cut(tag, ",")
	kind, more, _ := strings.Cut(kind, ",")
	return field{
		name:     name,
		path:     prefix + name,
		required: kind == "",
		isBlock:  kind == "block",
		orOne:    more == "or_one",
		value:    v,
	}
}

// isList reports whether the field holds several values, and is not a type that
// reads itself from text.
func (f field) isList() bool {
	_, isText := f.value.Addr().Interface().(encoding.TextUnmarshaler)
	return f.value.Kind() == reflect.Slice && !isText
}

// isMap reports whether the field holds values by name.
func (f field) isMap() bool { return f.value.Kind() == reflect.Map }

func (f field) isSecret() bool {
	return slices.Contains([]reflect.Type{
		reflect.TypeFor[providers.Reference](), reflect.TypeFor[config.Value](), reflect.TypeFor[map[string]config.Value](),
	}, f.value.Type())
}

// isProse reports whether the text may have several lines.
func (f field) isProse() bool { return f.value.Type() == reflect.TypeFor[config.Template]() }

// element is the field of one element of a list.
func (f field) element(i int) field {
	return field{name: f.name, path: fmt.Sprintf("%s[%d]", f.path, i), local: f.local, value: f.value.Index(i)}
}

// missing is the problem of an argument that is absent or null.
func (f field) missing(r hcl.Range) hcl.Diagnostics {
	if !f.required {
		return nil
	}
	return problem.Problem{
		Summary: "Missing required argument",
		Detail:  fmt.Sprintf("The argument %q is required here.", f.name),
	}.At(r)
}

// schema is what a body may contain: the fields, and attributes of later versions.
func schema(fields []field, later []string) *hcl.BodySchema {
	s := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "dynamic", LabelNames: []string{"type"}}}}
	for _, f := range fields {
		if f.isBlock {
			s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: f.name})
			continue
		}
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: f.name})
	}
	for _, name := range later {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	return s
}

// The values of the tag "path", which makes an attribute a path of this machine; see
// providers.Settings.
const (
	filePath = "file" // of a file
	rootPath = "root" // of the folder that is the root of the place
)

// localRoot is the folder of this machine that is the root of a place, and the
// attribute that names it; "" where it is none.
func localRoot(s providers.Settings) (folder, attribute string) {
	for _, f := range fieldsOf(reflect.ValueOf(s).Elem(), "") {
		if f.local == rootPath {
			return f.value.String(), f.name
		}
	}
	return "", ""
}
