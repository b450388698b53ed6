package starter

import (
	_ "embed"
	"strings"
)

//go:embed starter.hcl
var text string

// New is a first configuration, with comments, for backups in that folder. It
// is valid as it is. The file for the password is empty; it exists so that it has
// the right mode when somebody writes into it.
func New(folder string, windows bool) Draft {
	usb := "/mnt/usb/vm-backups"
	if windows {
		usb = "E:/vm-backups"
	}
	return Draft{Files: []File{
		IgnoredSecrets(),
		{Path: PasswordFile("nas"), Secret: true},
		Main(strings.NewReplacer("@FOLDER@", Literal(folder), "@USB@", usb).Replace(text)),
	}}
}
