package decode

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// setReference accepts references only. For a secret itself, the problem shows
// the line to write instead, and never the secret.
func (d *Decoder) setReference(f Field, target *providers.Reference, v cty.Value) *problem.Problem {
	if v.Type() == funcs.ReferenceType {
		*target = *v.EncapsulatedValue().(*providers.Reference)
		return nil
	}
	owner := d.Name()
	variable := strings.ToUpper(notAWord.ReplaceAllString(owner+"_"+f.Name, "_"))
	return &problem.Problem{
		Summary: "Secret in the configuration",
		Detail:  fmt.Sprintf("The argument %q takes a reference to a secret, never the secret itself: these files are committed.", f.Name),
		Hint: fmt.Sprintf("write %s = env(%q), or %s = file(%q), or a variable with sensitive = true",
			f.Name, variable, f.Name, "secrets/"+owner+"."+f.Name),
		Hidden: true,
	}
}

// setValue accepts a reference, or the text itself, which no message shows.
func (d *Decoder) setValue(f Field, target *config.Value, v cty.Value, r hcl.Range) *problem.Problem {
	if v.Type() == funcs.ReferenceType {
		return d.setReference(f, &target.Reference, v)
	}
	text, p := d.text(f, v, r)
	if p != nil {
		p.Hidden = true
		p.Hint = fmt.Sprintf(`write a reference to the whole value, as %s = file("secrets/NAME.%s")`, f.Name, f.Name)
	}
	target.Literal = text
	return p
}

var notAWord = regexp.MustCompile(`[^A-Za-z0-9]`)
