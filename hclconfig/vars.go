package hclconfig

import (
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/variable"
)

// VarArg is one -var or -var-file of the command line.
type VarArg = variable.Arg

// ApplyTimeVariables gives the sensitive variables that a saved plan names
// their values again, from VMXSYNC_VAR_*, -var and -var-file only. It reads no
// configuration. Each name has a value, or there is an error with the way to
// give one.
func ApplyTimeVariables(names []string, vars []VarArg, env func(string) (string, bool)) (map[string]string, diag.Diagnostics) {
	return variable.ForApply(names, vars, env)
}
