package variable

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/read"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
)

// ForApply gives the sensitive variables that a saved plan names
// their values again, from VMXSYNC_VAR_*, -var and -var-file only. It reads no
// configuration. Each name has a value, or there is an error with the way to
// give one.
func ForApply(names []string, vars []Arg, env func(string) (string, bool)) (map[string]string, diag.Diagnostics) {
	files := read.NewFiles(redact.Vocabulary{})
	g := givens{Origins: Origins{Env: env, Args: vars, Files: files}, declared: names, partial: true}
	diags := g.gather()
	in := Inputs{given: g.values}
	for _, name := range slices.Sorted(slices.Values(names)) {
		in.declared = append(in.declared, variable{name: name, typ: cty.String, sensitive: true})
	}
	diags = append(diags, in.complete()...)
	diags = append(diags, in.resolve()...)
	return in.Secrets(), files.Export(diags)
}

// complete reports the variables that a plan needs and that have no value.
func (in *Inputs) complete() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, v := range in.declared {
		if _, ok := in.given[v.name]; ok {
			continue
		}
		in.given[v.name] = given{value: cty.UnknownVal(cty.String)}
		diags = append(diags, problem.Problem{
			Summary: "No value for sensitive variable",
			Detail:  fmt.Sprintf("The plan was made with the sensitive variable %q. Its value is stored nowhere, and is asked for again.", v.name),
			Hint:    fmt.Sprintf("set %s%s in the environment, or name a file with -var-file; a value given with -var stands in the process list", secret.EnvPrefix, v.name),
		}.Nowhere()...)
	}
	return diags
}
