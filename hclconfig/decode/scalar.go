package decode

import (
	"encoding"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
)

func (d *Decoder) setPlain(f Field, v cty.Value, r hcl.Range) *problem.Problem {
	if text, ok := f.Value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		s, p := d.text(f, v, r)
		if p != nil {
			return p
		}
		if err := text.UnmarshalText([]byte(s)); err != nil {
			return &problem.Problem{Summary: "Invalid value", Detail: fmt.Sprintf("%s: %s.", f.Name, d.errorText(f, s, err))}
		}
		return nil
	}
	switch f.Value.Kind() {
	case reflect.String:
		s, p := d.text(f, v, r)
		f.Value.SetString(d.absolutePath(f, s))
		return p
	case reflect.Bool:
		return setBool(f, v)
	case reflect.Int:
		return d.setInt(f, v)
	}
	panic(fmt.Sprintf("field %s has type %s, which no configuration can fill", f.Path, f.Value.Type()))
}

// text is a string of one line, without a password in it.
func (d *Decoder) text(f Field, v cty.Value, r hcl.Range) (string, *problem.Problem) {
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

func setBool(f Field, v cty.Value) *problem.Problem {
	b, err := convert.Convert(v, cty.Bool)
	if err != nil {
		return wrongType(f, "true or false", v)
	}
	f.Value.SetBool(b.True())
	return nil
}

func (d *Decoder) setInt(f Field, v cty.Value) *problem.Problem {
	n, err := convert.Convert(v, cty.Number)
	if err != nil {
		return wrongType(f, "a whole number", v)
	}
	i, accuracy := n.AsBigFloat().Int64()
	if accuracy != big.Exact || i > math.MaxInt32 || i < math.MinInt32 {
		number := "the value"
		if d.shows(f.Path) {
			number = n.AsBigFloat().Text('g', 10)
		}
		return &problem.Problem{Summary: "Invalid value", Detail: fmt.Sprintf("%s: %s is not a whole number below 2^31.", f.Name, number)}
	}
	f.Value.SetInt(i)
	return nil
}

// absolutePath makes paths of this machine absolute. An empty path stays empty: the
// driver checks it.
func (d *Decoder) absolutePath(f Field, s string) string {
	if f.Local == "" || strings.TrimSpace(s) == "" {
		return s
	}
	return confdir.Absolute(d.Dir, s)
}
