package confdir

import "strings"

// MainFile is the file of a configuration, and VarsFile that of values for its
// variables.
const (
	MainFile = "vmxsync.hcl"
	VarsFile = "vmxsync.vars.hcl"
)

// The ends of the names of other files.
const (
	MoreFiles    = ".vmxsync.hcl" // of the configuration
	anyVars      = ".vars.hcl"    // of values
	autoVarFiles = ".auto.vars.hcl"
	notepadFiles = ".hcl.txt"
	jsonFiles    = ".vmxsync.hcl.json"
)

// IsConfig reports whether a file of that name, without its folder, is one of the
// configuration.
func IsConfig(name string) bool { return name == MainFile || strings.HasSuffix(name, MoreFiles) }

// HasValues reports whether a file of that name holds values for variables.
func HasValues(name string) bool { return strings.HasSuffix(name, anyVars) }

// IsFormatted reports whether a file of that name, without its folder, has a
// canonical form: the configuration, and values for its variables.
func IsFormatted(name string) bool { return IsConfig(name) || HasValues(name) }

// AsConfig is the name under which a file of Notepad's would be read.
func AsConfig(name string) string {
	name = strings.TrimSuffix(name, notepadFiles)
	if full := name + ".hcl"; IsConfig(full) || strings.HasSuffix(full, autoVarFiles) || full == VarsFile {
		return full
	}
	return name + MoreFiles
}
