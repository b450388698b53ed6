package decode

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

// Field is a field of a struct that an attribute or a block is decoded into.
type Field struct {
	Name     string
	Path     string // with the names of the blocks around it
	required bool
	IsBlock  bool
	orOne    bool   // a list, or its only element alone
	Local    string // the tag "path": FilePath, RootPath, or "" for what is no path of this machine
	Value    reflect.Value
}

// Fields reads the hcl tags of a struct, also of structs embedded in it.
func Fields(v reflect.Value, prefix string) []Field {
	var out []Field
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		tag, tagged := sf.Tag.Lookup("hcl")
		switch {
		case tagged && tag != "-":
			f := newField(tag, prefix, v.Field(i))
			f.Local = sf.Tag.Get("path")
			out = append(out, f)
		case !tagged && sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			out = append(out, Fields(v.Field(i), prefix)...)
		}
	}
	return out
}

func newField(tag, prefix string, v reflect.Value) Field {
	name, kind, _ := strings.Cut(tag, ",")
	kind, more, _ := strings.Cut(kind, ",")
	return Field{
		Name:     name,
		Path:     prefix + name,
		required: kind == "",
		IsBlock:  kind == "block",
		orOne:    more == "or_one",
		Value:    v,
	}
}

// isList reports whether the field holds several values, and is not a type that
// reads itself from text.
func (f Field) isList() bool {
	_, isText := f.Value.Addr().Interface().(encoding.TextUnmarshaler)
	return f.Value.Kind() == reflect.Slice && !isText
}

// isMap reports whether the field holds values by name.
func (f Field) isMap() bool { return f.Value.Kind() == reflect.Map }

// IsSecret reports whether the value is a secret, or may be one.
func (f Field) IsSecret() bool {
	return slices.Contains([]reflect.Type{
		reflect.TypeFor[providers.Reference](), reflect.TypeFor[config.Value](), reflect.TypeFor[map[string]config.Value](),
	}, f.Value.Type())
}

// isProse reports whether the text may have several lines.
func (f Field) isProse() bool { return f.Value.Type() == reflect.TypeFor[config.Template]() }

// element is the field of one element of a list.
func (f Field) element(i int) Field {
	return Field{Name: f.Name, Path: fmt.Sprintf("%s[%d]", f.Path, i), Local: f.Local, Value: f.Value.Index(i)}
}

// missing is the problem of an argument that is absent or null.
func (f Field) missing(r hcl.Range) hcl.Diagnostics {
	if !f.required {
		return nil
	}
	return problem.Problem{
		Summary: "Missing required argument",
		Detail:  fmt.Sprintf("The argument %q is required here.", f.Name),
	}.At(r)
}

// schema is what a body may contain: the fields, and attributes of later versions.
func schema(fields []Field, later []string) *hcl.BodySchema {
	s := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "dynamic", LabelNames: []string{"type"}}}}
	for _, f := range fields {
		if f.IsBlock {
			s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: f.Name})
			continue
		}
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: f.Name})
	}
	for _, name := range later {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	return s
}

// The values of the tag "path", which makes an attribute a path of this machine; see
// providers.Settings.
const (
	FilePath = "file" // of a file
	RootPath = "root" // of the folder that is the root of the place
)

// LocalRoot is the folder of this machine that is the root of a place, and the
// attribute that names it; "" where it is none.
func LocalRoot(s providers.Settings) (folder, attribute string) {
	for _, f := range Fields(reflect.ValueOf(s).Elem(), "") {
		if f.Local == RootPath {
			return f.Value.String(), f.Name
		}
	}
	return "", ""
}
