package read

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// List lists the configuration directory, and reports what is in it and is not read.
func List(dir string) (confdir.Listing, hcl.Diagnostics) {
	l, err := confdir.Read(dir)
	if err != nil {
		return l, problem.Unreadable("Configuration directory not readable", dir, err)
	}
	var diags hcl.Diagnostics
	for _, name := range l.JSON {
		diags = append(diags, problem.Problem{
			Summary: "Not supported by this version",
			Detail:  fmt.Sprintf("%s is a configuration in JSON syntax, which this version does not support. vmxsync does not skip it silently.", name),
			Hint:    "write it in HCL, as *.vmxsync.hcl",
		}.Nowhere()...)
	}
	for _, name := range l.Notepad {
		diags = append(diags, problem.Warnings(problem.Problem{
			Summary: "File with a second extension",
			Detail:  fmt.Sprintf("%s ends with .txt and is not read.", name),
			Hint:    fmt.Sprintf("rename it to %s; in Notepad choose \"All files\" as type when saving", confdir.AsConfig(name)),
		}.Nowhere())...)
	}
	if len(l.Config) > 0 {
		return l, diags
	}
	return l, append(diags, problem.Problem{
		Summary: "No configuration",
		Detail:  fmt.Sprintf("There is no %s and no *%s in %s.", confdir.MainFile, confdir.MoreFiles, dir),
		Hint:    "write " + confdir.MainFile + " there, or name the directory with -chdir=DIR",
	}.Nowhere()...)
}
