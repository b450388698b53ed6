package hclconfig

import (
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/zclconf/go-cty/cty"
)

// Draft is a configuration that has not been written yet.
type Draft struct {
	Files []DraftFile // in the order to write them in: the configuration comes last
	// Moved has a line for each entry of the old configuration and its new place;
	// empty for a new configuration.
	Moved []string
}

// DraftFile is one file of a Draft.
type DraftFile struct {
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

func ignoredSecrets() DraftFile {
	return DraftFile{Path: secretsDir + "/" + gitIgnore, Content: []byte(ignoreSecrets)}
}

// passwordFile is where the password of a destination is.
func passwordFile(destination string) string { return secretsDir + "/" + destination + ".password" }

// mainDraft is the configuration itself.
func mainDraft(source string) DraftFile {
	return DraftFile{Path: confdir.MainFile, Content: hclwrite.Format([]byte(source))}
}

// literally is a string as HCL writes it, whatever it holds.
func literally(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}
