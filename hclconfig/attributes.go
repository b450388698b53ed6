package hclconfig

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

// attributes is what is known of the attributes of a block once it was decoded, for
// checks: where each of them is, whether it failed, and what may be shown of it. A path
// is "port", "tls", "tls.mode" or "vms[1]".
type attributes struct {
	block  *hcl.Block
	ranges map[string]hcl.Range // by path
	failed map[string]bool      // paths of attributes with an error
	values map[string]written   // by path, of what was evaluated
	words  redact.Vocabulary
}

// written is the value of an attribute, and whether it is written out.
type written struct {
	value cty.Value
	plain bool            // it refers to nothing
	keys  map[string]bool // of a map, written as words
}

// name is the name of the block, its last label.
func (a *attributes) name() string { return a.block.Labels[len(a.block.Labels)-1] }

// rangeOf is the range of the attribute at that path, or of what it is part of, or of
// the block.
func (a *attributes) rangeOf(path string) hcl.Range {
	for path != "" {
		if r, ok := a.ranges[path]; ok {
			return r
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return a.block.DefRange
}

func (a *attributes) given(path string) bool {
	_, ok := a.ranges[path]
	return ok
}

func (a *attributes) givenAny(paths []string) bool { return slices.ContainsFunc(paths, a.given) }

// written leaves out problems of missing arguments, which are reported as missing.
func (a *attributes) written(problems []providers.Problem) []providers.Problem {
	return slices.DeleteFunc(problems, func(p providers.Problem) bool { return p.Attribute != "" && !a.isWritten(p.Attribute) })
}

// isWritten reports whether the argument at a path is present, or the list that
// an expression made and that contains it.
func (a *attributes) isWritten(path string) bool {
	list, _, _ := strings.Cut(path, "[")
	_, there := a.ranges[path]
	_, whole := a.ranges[list]
	return there || whole
}

// shows reports whether the source line shows the value of the attribute at a
// path: it is harmless, and written out there.
func (a *attributes) shows(path string) bool {
	for at := path; at != ""; at = at[:max(0, strings.LastIndexAny(at, ".["))] {
		if w, ok := a.values[at]; ok {
			return w.plain && a.words.IsHarmless(a.block.Type, path) && !slices.ContainsFunc(w.texts(), redact.HoldsLogin)
		}
	}
	return false
}

// redactText hides the values of this block in a text, except for those that a
// source line shows.
func (a *attributes) redactText(text string) string {
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
func (a *attributes) errorText(f field, text string, err error) string {
	if a.shows(f.path) {
		return err.Error()
	}
	return redact.WithoutValues(err.Error(), []string{text})
}

// templateError is the error of a template. If no source line shows its text, from
// which text/template quotes, it is the position only.
func (a *attributes) templateError(attribute string, err error) string {
	at := templateLine.FindString(err.Error())
	if at == "" || a.shows(attribute) {
		return err.Error()
	}
	return at + ": this is not a valid template"
}

var templateLine = regexp.MustCompile(`^line [0-9:]*[0-9]`)

// report places each problem at its attribute. Attributes that could not be
// decoded have been reported already.
func (a *attributes) report(problems []providers.Problem) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, p := range problems {
		if a.failed[p.Attribute] {
			continue
		}
		if p.Summary == "Invalid template" {
			text := strings.TrimSuffix(strings.TrimPrefix(p.Detail, p.Attribute+": "), ".")
			p.Detail = fmt.Sprintf("%s: %s.", p.Attribute, a.templateError(p.Attribute, errors.New(text)))
		}
		found := problem.Problem{Summary: p.Summary, Detail: a.redactText(p.Detail)}.At(a.rangeOf(p.Attribute))
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
