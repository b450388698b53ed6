package problem

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Extra is what a diagnostic of ours carries besides what hcl knows.
type Extra struct {
	Hint  string
	Other *hcl.Range // the second place
	// Hidden: only the part of the source line before its equals sign is shown.
	Hidden bool
	// Own: the texts are of this module, which quotes no value but those that
	// the source line shows. The texts of HCL are searched for values.
	Own bool
}

// Problem is an error that is not a diagnostic yet: it has no place.
type Problem struct {
	Summary, Detail, Hint string
	Hidden                bool
	Quotes                bool // the detail quotes the file: it is searched for values
}

// At is the diagnostic of a problem at a part of a file.
func (p Problem) At(r hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.Summary, Detail: p.Detail, Subject: &r,
		Extra: Extra{Hint: p.Hint, Hidden: p.Hidden, Own: !p.Quotes},
	}}
}

// Between shows two places that contradict each other.
func (p Problem) Between(r, other hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.Summary, Detail: p.Detail, Subject: &r,
		Extra: Extra{Hint: p.Hint, Other: &other, Own: true},
	}}
}

// Nowhere is the diagnostic of a problem without a file.
func (p Problem) Nowhere() hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.Summary, Detail: p.Detail, Extra: Extra{Hint: p.Hint, Own: true},
	}}
}

// Warnings makes errors warnings.
func Warnings(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		d.Severity = hcl.DiagWarning
	}
	return diags
}

// Conceal hides the values in the source lines of diagnostics.
func Conceal(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		x, _ := d.Extra.(Extra)
		x.Hidden = true
		d.Extra = x
	}
	return diags
}

// Unreadable is the diagnostic of a file or a folder that could not be read.
func Unreadable(summary, name string, err error) hcl.Diagnostics {
	return Problem{Summary: summary, Detail: fmt.Sprintf("%s: %v.", name, confdir.WithoutPath(err))}.Nowhere()
}

// NotYet is the problem of a feature that this version does not support yet.
func NotYet(what string) *Problem {
	return &Problem{
		Summary: "Not supported by this version",
		Detail:  fmt.Sprintf("%s is part of the language, but this version of vmxsync does not support it yet.", what),
	}
}

// DidYouMean is a sentence with the nearest of the known names, or "".
func DidYouMean(given string, known []string) string {
	best := wording.Nearest(given, known)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}
