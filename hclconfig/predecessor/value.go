package predecessor

import (
	"strconv"
	"strings"
)

// sort is the sort of a value.
type sort string

const (
	isNone   sort = "None"
	isBool   sort = "a Boolean"
	isWhole  sort = "a number"
	isBroken sort = "a number with a fraction"
	isText   sort = "a string"
	isList   sort = "a list"
	isDict   sort = "a dict"
)

// value is one literal. A tuple is a list.
type value struct {
	at    Pos
	sort  sort
	text  string
	whole int
	items []value // of a list, or the values of a dict
	keys  []value // of a dict
}

// assignment is one statement of the file.
type assignment struct {
	name  string
	at    Pos
	value value
}

// numeral reads a number as Python 2 does: 0777 is octal.
func numeral(t token) (value, error) {
	digits := strings.ReplaceAll(strings.TrimRight(t.value, "lL"), "_", "")
	n, err := strconv.ParseInt(digits, 0, 32)
	if err == nil {
		return value{at: t.at, sort: isWhole, whole: int(n)}, nil
	}
	if _, err := strconv.ParseFloat(digits, 64); err == nil && strings.ContainsAny(digits, ".eE") {
		return value{at: t.at, sort: isBroken}, nil
	}
	return value{}, broken(t.at, "This number is too large, or has invalid digits.", "write strings in quotes")
}
