package listing

import (
	"errors"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// maxColumns is where the search for the size ends: users and groups may hold
// blanks, but not so many.
const maxColumns = 16

// Column returns the first Column of a line, and the rest from the blank behind
// it on.
func Column(text string) (first, rest string) {
	text = strings.TrimLeft(text, " \t")
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// IsMode takes "drwxr-xr-x", and a mark of SELinux, ACLs or attributes behind.
func IsMode(s string) bool {
	if len(s) == 11 && strings.ContainsAny(s[10:], ".+@") {
		s = s[:10]
	}
	return len(s) == 10 && strings.Trim(s[1:], "-rwxsStTlL") == "" &&
		(s[0] == '-' || s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// parseUnix finds the first size that a date follows. There is at least one
// Column before it, or a user called "jan" would begin a date.
func parseUnix(mode, line string, now time.Time) (providers.File, error) {
	_, rest := Column(line)
	for range maxColumns {
		size, after := Column(rest)
		if isClock(size) {
			break // of a date that was not understood; what follows is a name
		}
		if isDigits(strings.ReplaceAll(size, ",", "")) {
			t, name, err := cutDate(after, now)
			if err == nil {
				return unixFile(mode[:1], size, t, name)
			}
			if err != errNoDate {
				return providers.File{}, err
			}
		}
		rest = after
	}
	return providers.File{}, ErrNotUnderstood
}

func unixFile(mode, size string, t time.Time, name string) (f providers.File, err error) {
	f = providers.File{Path: name, Kind: kindOfMode(mode), ModTime: t}
	switch f.Kind {
	case providers.Regular:
		f.Size, err = Size(size)
	case providers.Link:
		f.Path, err = cutTarget(name, " -> ")
	}
	return f, err
}

func kindOfMode(mode string) providers.Kind {
	switch mode {
	case "-":
		return providers.Regular
	case "d":
		return providers.Dir
	case "l":
		return providers.Link
	}
	return providers.Other
}

// cutTarget cuts off what a link points to. With two arrows nobody can tell
// where.
func cutTarget(name, arrow string) (string, error) {
	if strings.Count(name, arrow) > 1 {
		return "", errors.New("ambiguous name of a link")
	}
	name, _, _ = strings.Cut(name, arrow)
	return name, nil
}
