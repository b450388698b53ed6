package flags

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// maxBranches bounds what a pattern is tried in: each {a,b} doubles that.
const maxBranches = 24

// CheckPattern returns what is wrong with a pattern of addresses.
func CheckPattern(pattern string) error {
	switch {
	case pattern == "":
		return errors.New("it is empty")
	case !doublestar.ValidatePattern(pattern):
		return fmt.Errorf("%q is not a valid pattern; write a [ or { of a name as \\[ or \\{", pattern)
	case strings.Count(pattern, "{")+strings.Count(pattern, ",") > maxBranches:
		return fmt.Errorf("%q has too many alternatives", pattern)
	}
	return nil
}

// match reports whether a pattern names an address: the address itself, or what
// it lies in. "nas" and "nas/*" name all that is at nas, "nas/Bart" all of a VM.
func match(pattern, address string) bool {
	for _, level := range Levels(address) {
		if pattern == level || doublestar.MatchUnvalidated(pattern, level) {
			return true
		}
	}
	return false
}

// wildcards are what a pattern gives a meaning of its own.
const wildcards = `*?[]{}\\`

// Literal is the pattern that matches name alone.
func Literal(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if strings.IndexByte(wildcards, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Levels are "nas", "nas/Bart" and "nas/Bart/2026-11-21-010000".
func Levels(address string) (all []string) {
	for i, r := range address {
		if r == '/' {
			all = append(all, address[:i])
		}
	}
	return append(all, address)
}
