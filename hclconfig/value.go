package hclconfig

import (
	"encoding"
	"fmt"
	"maps"
	"math"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// setMap stores the values of an object or a map.
func (d *decoder) setMap(f field, v cty.Value, r hcl.Range) hcl.Diagnostics {
	if ty := v.Type(); !ty.IsObjectType() && !ty.IsMapType() {
		p := wrongType(f, "a map", v)
		p.Hint = fmt.Sprintf(`write %s = { NAME = "value" }`, f.name)
		return p.At(r)
	}
	var diags hcl.Diagnostics
	f.value.Set(reflect.MakeMap(f.value.Type()))
	values := v.AsValueMap()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		one := reflect.New(f.value.Type().Elem()).Elem()
		diags = append(diags, d.set(field{name: f.name, path: f.path + "." + name, value: one}, values[name], r)...)
		f.value.SetMapIndex(reflect.ValueOf(name), one)
	}
	return diags
}

// setSlice stores the elements of a list that an expression made.
func (d *decoder) setSlice(f field, v cty.Value, r hcl.Range) hcl.Diagnostics {
	if f.orOne && v.Type() == cty.String {
		v = cty.TupleVal([]cty.Value{v})
	}
	if ty := v.Type(); !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
		return notAList(f, v).At(r)
	}
	elements := v.AsValueSlice()
	f.value.Set(reflect.MakeSlice(f.value.Type(), len(elements), len(elements)))
	var diags hcl.Diagnostics
	for i, e := range elements {
		diags = append(diags, d.set(f.element(i), e, r)...)
	}
	return diags
}

func notAList(f field, v cty.Value) *problem.Problem {
	p := wrongType(f, "a list", v)
	if !funcs.HoldsReference(v) && v.Type() != cty.DynamicPseudoType {
		p.Hint = fmt.Sprintf("a single element is a list as well: %s = [...]", f.name)
	}
	return p
}

// set stores a known value in a field that is no list.
func (d *decoder) set(f field, v cty.Value, r hcl.Range) hcl.Diagnostics {
	if p := d.setOne(f, v, r); p != nil {
		return p.At(r)
	}
	return nil
}

func (d *decoder) setOne(f field, v cty.Value, r hcl.Range) *problem.Problem {
	if v.IsNull() {
		return wrongType(f, "a value", v)
	}
	switch target := f.value.Addr().Interface().(type) {
	case *providers.Reference:
		return d.setReference(f, target, v)
	case *config.Value:
		return d.setValue(f, target, v, r)
	case *eval.Address:
		return setAddress(f, target, v)
	}
	switch {
	case funcs.HoldsReference(v):
		return referenceAsValue(f)
	case holdsAddress(v):
		return wrongType(f, "a plain value", v)
	}
	return d.setPlain(f, v, r)
}

func (d *decoder) setPlain(f field, v cty.Value, r hcl.Range) *problem.Problem {
	if text, ok := f.value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		s, p := d.text(f, v, r)
		if p != nil {
			return p
		}
		if err := text.UnmarshalText([]byte(s)); err != nil {
			return &problem.Problem{Summary: "Invalid value", Detail: fmt.Sprintf("%s: %s.", f.name, d.errorText(f, s, err))}
		}
		return nil
	}
	switch f.value.Kind() {
	case reflect.String:
		s, p := d.text(f, v, r)
		f.value.SetString(d.absolutePath(f, s))
		return p
	case reflect.Bool:
		return setBool(f, v)
	case reflect.Int:
		return d.setInt(f, v)
	}
	panic(fmt.Sprintf("field %s has type %s, which no configuration can fill", f.path, f.value.Type()))
}

// text is a string of one line, without a password in it.
func (d *decoder) text(f field, v cty.Value, r hcl.Range) (string, *problem.Problem) {
	s, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", wrongType(f, "a string", v)
	}
	text := s.AsString()
	if secret.InAddress(text) {
		return "", passwordInURL(f)
	}
	if p := d.Files.ControlCharacters(text, r); p != nil && !f.isProse() {
		return text, p
	}
	return text, nil
}

func passwordInURL(f field) *problem.Problem {
	hint := `write the host alone, and beside it: username = "..." and password = file("secrets/NAME.password")`
	if f.name == "proxy" {
		hint = `write proxy = "socks5://user@host:port", and beside it: proxy_password = file("secrets/NAME.password")`
	}
	return &problem.Problem{
		Summary: "Password in an address",
		Detail:  fmt.Sprintf("The value of %q contains user:password@. These files are committed; a password in them is known to everybody who reads them.", f.name),
		Hint:    hint,
		Hidden:  true,
	}
}

func setBool(f field, v cty.Value) *problem.Problem {
	b, err := convert.Convert(v, cty.Bool)
	if err != nil {
		return wrongType(f, "true or false", v)
	}
	f.value.SetBool(b.True())
	return nil
}

func (d *decoder) setInt(f field, v cty.Value) *problem.Problem {
	n, err := convert.Convert(v, cty.Number)
	if err != nil {
		return wrongType(f, "a whole number", v)
	}
	i, accuracy := n.AsBigFloat().Int64()
	if accuracy != big.Exact || i > math.MaxInt32 || i < math.MinInt32 {
		number := "the value"
		if d.shows(f.path) {
			number = n.AsBigFloat().Text('g', 10)
		}
		return &problem.Problem{Summary: "Invalid value", Detail: fmt.Sprintf("%s: %s is not a whole number below 2^31.", f.name, number)}
	}
	f.value.SetInt(i)
	return nil
}

func wrongType(f field, want string, v cty.Value) *problem.Problem {
	got := "null"
	if !v.IsNull() {
		got = v.Type().FriendlyName()
	}
	return &problem.Problem{Summary: "Wrong type of value", Detail: fmt.Sprintf("The argument %q needs %s, not %s.", f.name, want, got)}
}

func referenceAsValue(f field) *problem.Problem {
	return &problem.Problem{
		Summary: "Secret where a value is needed",
		Detail:  fmt.Sprintf("The argument %q needs a plain value: env(), file(), command() and sensitive variables are for secrets only.", f.name),
		Hint:    fmt.Sprintf("for a value from outside, declare a variable (not sensitive) and write %s = var.NAME", f.name),
	}
}

// setReference accepts references only. For a secret itself, the problem shows
// the line to write instead, and never the secret.
func (d *decoder) setReference(f field, target *providers.Reference, v cty.Value) *problem.Problem {
	if v.Type() == funcs.ReferenceType {
		*target = *v.EncapsulatedValue().(*providers.Reference)
		return nil
	}
	owner := d.name()
	variable := strings.ToUpper(notAWord.ReplaceAllString(owner+"_"+f.name, "_"))
	return &problem.Problem{
		Summary: "Secret in the configuration",
		Detail:  fmt.Sprintf("The argument %q takes a reference to a secret, never the secret itself: these files are committed.", f.name),
		Hint: fmt.Sprintf("write %s = env(%q), or %s = file(%q), or a variable with sensitive = true",
			f.name, variable, f.name, "secrets/"+owner+"."+f.name),
		Hidden: true,
	}
}

// setValue accepts a reference, or the text itself, which no message shows.
func (d *decoder) setValue(f field, target *config.Value, v cty.Value, r hcl.Range) *problem.Problem {
	if v.Type() == funcs.ReferenceType {
		return d.setReference(f, &target.Reference, v)
	}
	text, p := d.text(f, v, r)
	if p != nil {
		p.Hidden = true
		p.Hint = fmt.Sprintf(`write a reference to the whole value, as %s = file("secrets/NAME.%s")`, f.name, f.name)
	}
	target.Literal = text
	return p
}

var notAWord = regexp.MustCompile(`[^A-Za-z0-9]`)

func setAddress(f field, target *eval.Address, v cty.Value) *problem.Problem {
	kind := kindOf(f)
	if v.Type() != eval.AddressType {
		p := wrongType(f, "a reference to a "+kind, v)
		p.Hint = fmt.Sprintf("write it without quotes: %s", eval.Forms[kind])
		return p
	}
	a := *v.EncapsulatedValue().(*eval.Address)
	if a.Kind != kind {
		return &problem.Problem{
			Summary: "Wrong kind of reference",
			Detail:  fmt.Sprintf("The argument %q needs a reference to a %s, and %s is a %s.", f.name, kind, a, a.Kind),
		}
	}
	*target = a
	return nil
}

// kindOf is the kind of block that a field refers to, mostly its name.
func kindOf(f field) string {
	if f.name == "prune_source" {
		return "retention"
	}
	return strings.TrimSuffix(f.name, "s")
}

func holdsAddress(v cty.Value) bool { return v.Type() == eval.AddressType }

// absolutePath makes paths of this machine absolute. An empty path stays empty: the
// driver checks it.
func (d *decoder) absolutePath(f field, s string) string {
	if f.local == "" || strings.TrimSpace(s) == "" {
		return s
	}
	return confdir.Absolute(d.Dir, s)
}
