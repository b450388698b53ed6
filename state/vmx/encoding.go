package vmx

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/ianaindex"
)

// The lines that name the encoding of a .vmx, and of a descriptor.
var (
	settingEncoding    = regexp.MustCompile(`(?mi)^\s*\.encoding\s*=\s*"([^"\r\n]*)"`)
	descriptorEncoding = regexp.MustCompile(`(?mi)^\s*encoding\s*=\s*"([^"\r\n]*)"`)
)

func encodingOf(text string, line *regexp.Regexp) string {
	if part := line.FindStringSubmatch(text); part != nil {
		return part[1]
	}
	return "UTF-8"
}

// decode returns the text in UTF-8. What is no such text in spite of its encoding is read as
// Windows-1252, as VMware's older programs wrote it. odd is the name of an encoding that is
// not known, where that matters.
func decode(text, name string) (decoded, odd string) {
	if isASCII(text) || utf8.ValidString(text) && strings.EqualFold(name, "UTF-8") {
		return text, ""
	}
	if strings.EqualFold(name, "UTF-8") {
		name = "windows-1252"
	}
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil || e == nil {
		return text, name
	}
	if decoded, err = e.NewDecoder().String(text); err != nil {
		return text, name
	}
	return decoded, ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
