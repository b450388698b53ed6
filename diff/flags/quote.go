package flags

import (
	"strconv"
	"strings"
	"unicode"
)

// Quoted is an address as it is typed: with quotes where a shell would take it apart or
// read more into it. Single quotes, which cmd.exe does not know, are for what sh and
// PowerShell would replace within double ones.
func Quoted(address string) string {
	if strings.ContainsFunc(address, odd) {
		return InQuotes(address)
	}
	return address
}

// InQuotes is Quoted with quotes also where none are needed.
func InQuotes(address string) string {
	if strings.ContainsAny(address, "$`\\\"!") && !strings.Contains(address, "'") {
		return "'" + address + "'"
	}
	return strconv.Quote(address)
}

// odd characters mean something to some shell.
func odd(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/-_.:@+=%", r)
}
