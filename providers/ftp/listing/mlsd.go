package listing

import (
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// TimeFormat is the format of the fact "modify" and of MDTM (RFC 3659), which are UTC.
const TimeFormat = "20060102150405"

// MLSD reads one line of MLSD (RFC 3659): "type=file;size=3; name". The
// directory itself and its parent may come under any name.
func MLSD(line string) (providers.File, error) {
	f, kind, err := Facts(line)
	switch {
	case err != nil:
		return f, err
	case kind == "cdir":
		f.Path = "."
	case kind == "pdir":
		f.Path = ".."
	}
	return f, nil
}

// Facts also returns the fact "type" in lower case. The name is all that
// comes after the facts and one blank, as it is.
func Facts(line string) (f providers.File, kind string, err error) {
	facts, name, err := cutFacts(line)
	if err != nil {
		return f, "", err
	}
	kind = strings.ToLower(facts["type"])
	f = providers.File{Path: name, Kind: kindOfFact(kind)}
	if f.Kind == "" {
		return f, "", ErrNotUnderstood
	}
	if f.ModTime, err = parseTime(facts["modify"]); err != nil {
		return f, "", err
	}
	if f.Kind != providers.Regular {
		return f, kind, nil
	}
	if f.Size, err = Size(facts["size"]); err != nil {
		return f, "", fmt.Errorf("size: %w", ErrNotUnderstood)
	}
	return f, kind, nil
}

// cutFacts reads "fact=value;fact=value; name". Facts end with the first
// semicolon that a blank follows: a value may hold blanks, as in ProFTPD's
// "UNIX.groupname=domain users;", and a name semicolons.
func cutFacts(line string) (facts map[string]string, name string, err error) {
	facts = make(map[string]string)
	for rest := line; ; {
		fact, after, ended := strings.Cut(rest, ";")
		key, value, ok := strings.Cut(fact, "=")
		if !ended || !ok || key == "" || strings.ContainsAny(key, " \t") {
			return nil, "", ErrNotUnderstood
		}
		facts[strings.ToLower(key)] = value
		if name, last := strings.CutPrefix(after, " "); last {
			return facts, name, nil
		}
		rest = after
	}
}

func kindOfFact(kind string) providers.Kind {
	switch {
	case kind == "file":
		return providers.Regular
	case kind == "dir" || kind == "cdir" || kind == "pdir":
		return providers.Dir
	case strings.HasPrefix(kind, "os.unix=slink") || strings.HasPrefix(kind, "os.unix=symlink"):
		return providers.Link
	case strings.HasPrefix(kind, "os."):
		return providers.Other
	}
	return ""
}

// parseTime returns the zero time for no time, and for one that no day has.
func parseTime(value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(TimeFormat, value)
	if whole, _, _ := strings.Cut(value, "."); err != nil && len(whole) == len(TimeFormat) && isDigits(whole) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("modify: %w", ErrNotUnderstood)
	}
	return t.Truncate(time.Second), nil
}
