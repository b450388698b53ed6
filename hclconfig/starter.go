package hclconfig

import (
	_ "embed"
	"strings"
)

//go:embed starter.hcl
var starter string

// Starter is a first configuration, with comments, for backups in that folder. It
// is valid as it is. The file for the password is empty; it exists so that it has
// the right mode when somebody writes into it.
func Starter(folder string, windows bool) Draft {
	usb := "/mnt/usb/vm-backups"
	if windows {
		usb = "E:/vm-backups"
	}
	return Draft{Files: []DraftFile{
		ignoredSecrets(),
		{Path: passwordFile("nas"), Secret: true},
		mainDraft(strings.NewReplacer("@FOLDER@", literally(folder), "@USB@", usb).Replace(starter)),
	}}
}
