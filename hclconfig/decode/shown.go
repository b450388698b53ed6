package decode

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/providers"
)

// written is the value of an attribute, and whether it is written out.
type written struct {
	value cty.Value
	plain bool            // it refers to nothing
	keys  map[string]bool // of a map, written as words
}

// shows reports whether the source line shows the value of the attribute at a
// path: it is harmless, and written out there.
func (a *Attributes) shows(path string) bool {
	for at := path; at != ""; at = at[:max(0, strings.LastIndexAny(at, ".["))] {
		if w, ok := a.values[at]; ok {
			return w.plain && a.words.IsHarmless(a.Block.Type, path) && !slices.ContainsFunc(w.texts(), redact.HoldsLogin)
		}
	}
	return false
}

// redactText hides the values of this block in a text, except for those that a
// source line shows.
func (a *Attributes) redactText(text string) string {
	var all []string
	for path, w := range a.values {
		if !a.shows(path) {
			all = append(all, w.texts()...)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return redact.WithoutValues(text, all)
}

// errorText is the text of err, without the value if no source line shows it.
func (a *Attributes) errorText(f Field, text string, err error) string {
	if a.shows(f.Path) {
		return err.Error()
	}
	return redact.WithoutValues(err.Error(), []string{text})
}

// TemplateError is the error of a template. If no source line shows its text, from
// which text/template quotes, it is the position only.
func (a *Attributes) TemplateError(attribute string, err error) string {
	at := templateLine.FindString(err.Error())
	if at == "" || a.shows(attribute) {
		return err.Error()
	}
	return at + ": this is not a valid template"
}

var templateLine = regexp.MustCompile(`^line [0-9:]*[0-9]`)

// Report places each problem at its attribute. Attributes that could not be
// decoded have been reported already.
func (a *Attributes) Report(problems []providers.Problem) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, p := range problems {
		if a.Failed[p.Attribute] {
			continue
		}
		if p.Summary == "Invalid template" {
			text := strings.TrimSuffix(strings.TrimPrefix(p.Detail, p.Attribute+": "), ".")
			p.Detail = fmt.Sprintf("%s: %s.", p.Attribute, a.TemplateError(p.Attribute, errors.New(text)))
		}
		found := problem.Problem{Summary: p.Summary, Detail: a.redactText(p.Detail)}.At(a.RangeOf(p.Attribute))
		if p.Warning {
			found = problem.Warnings(found)
		}
		diags = append(diags, found...)
	}
	return diags
}

// texts are the strings in a value.
func (w written) texts() []string {
	var out []string
	// Walk returns only the errors of its callback, and this one has none.
	_ = cty.Walk(w.value, func(path cty.Path, v cty.Value) (bool, error) {
		if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			out = append(out, v.AsString())
		}
		if key := lastKey(path); key != "" && !w.keys[key] {
			out = append(out, key)
		}
		return true, nil
	})
	return out
}

func lastKey(path cty.Path) string {
	if len(path) == 0 {
		return ""
	}
	switch step := path[len(path)-1].(type) {
	case cty.GetAttrStep:
		return step.Name
	case cty.IndexStep:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
			return step.Key.AsString()
		}
	}
	return ""
}
