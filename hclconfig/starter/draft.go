package starter

import (
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
)

// Draft is a configuration that has not been written yet.
type Draft struct {
	Files []File // in the order to write them in: the configuration comes last
	// Moved has a line for each entry of the old configuration and its new place;
	// empty for a new configuration.
	Moved []string
}

// File is one file of a Draft.
type File struct {
	Path    string // relative to the configuration directory, with slashes
	Content []byte
	Secret  bool // readable by its owner alone
}

// The folder of the secrets, and what keeps them out of git.
const (
	secretsDir    = "secrets"
	gitIgnore     = ".gitignore"
	ignoreSecrets = "# Passwords are never committed.\n*\n!" + gitIgnore + "\n"
)

// IgnoredSecrets is the file that keeps the passwords out of git.
func IgnoredSecrets() File {
	return File{Path: secretsDir + "/" + gitIgnore, Content: []byte(ignoreSecrets)}
}

// PasswordFile is where the password of a destination is.
func PasswordFile(destination string) string { return secretsDir + "/" + destination + ".password" }

// Main is the configuration itself, in its canonical form.
func Main(source string) File {
	return File{Path: confdir.MainFile, Content: hclwrite.Format([]byte(source))}
}

// Literal is a string as HCL writes it, whatever it holds.
func Literal(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}
