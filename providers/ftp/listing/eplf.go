package listing

import (
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// parseEPLF reads D. J. Bernstein's "+i8388621.48594,m825718503,r,s280,\tname".
func parseEPLF(line string) (f providers.File, err error) {
	facts, name, ok := strings.Cut(line[1:], "\t")
	if !ok {
		return f, ErrNotUnderstood
	}
	f.Path = name
	size := ""
	for fact := range strings.SplitSeq(facts, ",") {
		switch {
		case fact == "/":
			f.Kind = providers.Dir
		case fact == "r":
			f.Kind = providers.Regular
		case strings.HasPrefix(fact, "s"):
			size = fact[1:]
		case strings.HasPrefix(fact, "m"):
			f.ModTime, err = parseSeconds(fact[1:])
		}
		if err != nil {
			return f, err
		}
	}
	switch f.Kind {
	case "":
		return f, ErrNotUnderstood
	case providers.Regular:
		f.Size, err = Size(size)
	}
	return f, err
}

// parseSeconds counts from 1970, in years of four digits.
func parseSeconds(digits string) (time.Time, error) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n >= 1<<37 {
		return time.Time{}, ErrNotUnderstood
	}
	return time.Unix(n, 0).UTC(), nil
}
