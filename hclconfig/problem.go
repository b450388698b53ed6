package hclconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/state/wording"
)

// extra is what a diagnostic of ours carries besides what hcl knows.
type extra struct {
	hint  string
	other *hcl.Range // the second place
	// hidden: only the part of the source line before its equals sign is shown.
	hidden bool
	// own: the texts are of this package, which quotes no value but those that
	// the source line shows. The texts of HCL are searched for values.
	own bool
}

// problem is an error that is not a diagnostic yet.
type problem struct {
	summary, detail, hint string
	hidden                bool
	quotes                bool // the detail quotes the file: it is searched for values
}

func (p problem) at(r hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.summary, Detail: p.detail, Subject: &r,
		Extra: extra{hint: p.hint, hidden: p.hidden, own: !p.quotes},
	}}
}

// between shows two places that contradict each other.
func (p problem) between(r, other hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.summary, Detail: p.detail, Subject: &r,
		Extra: extra{hint: p.hint, other: &other, own: true},
	}}
}

// nowhere is the diagnostic of a problem without a file.
func (p problem) nowhere() hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: p.summary, Detail: p.detail, Extra: extra{hint: p.hint, own: true},
	}}
}

func warnings(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		d.Severity = hcl.DiagWarning
	}
	return diags
}

// conceal hides the values in the source lines of diagnostics.
func conceal(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		x, _ := d.Extra.(extra)
		x.hidden = true
		d.Extra = x
	}
	return diags
}

// unreadable is the diagnostic of a file or a folder that could not be read.
func unreadable(summary, name string, err error) hcl.Diagnostics {
	return problem{summary: summary, detail: fmt.Sprintf("%s: %v.", name, confdir.WithoutPath(err))}.nowhere()
}

// notYet is the problem of a feature that this version does not support yet.
func notYet(what string) *problem {
	return &problem{
		summary: "Not supported by this version",
		detail:  fmt.Sprintf("%s is part of the language, but this version of vmxsync does not support it yet.", what),
	}
}

// didYouMean is a sentence with the nearest of the known names, or "".
func didYouMean(given string, known []string) string {
	best := wording.Nearest(given, known)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}
