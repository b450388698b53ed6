package ftp

import (
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// factTime is the format of the fact "modify", which is UTC.
const factTime = "20060102150405"

// parseMLSD reads one line of MLSD (RFC 3659): "type=file;size=3; name". The
// directory itself and its parent may come under any name.
func parseMLSD(line string) (providers.File, error) {
	f, kind, err := parseFacts(line)
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

// parseFacts also returns the fact "type" in lower case. The name is all that
// comes after the first blank, as it is.
func parseFacts(line string) (f providers.File, kind string, err error) {
	list, name, ok := strings.Cut(line, " ")
	if !ok {
		return f, "", errNotUnderstood
	}
	facts, err := splitFacts(list)
	if err != nil {
		return f, "", err
	}
	kind = strings.ToLower(facts["type"])
	f = providers.File{Path: name, Kind: kindOfFact(kind)}
	if f.Kind == "" {
		return f, "", errNotUnderstood
	}
	if f.ModTime, err = parseFactTime(facts["modify"]); err != nil {
		return f, "", err
	}
	if f.Kind != providers.Regular {
		return f, kind, nil
	}
	if f.Size, err = parseSize(facts["size"]); err != nil {
		return f, "", fmt.Errorf("size: %w", errNotUnderstood)
	}
	return f, kind, nil
}

func splitFacts(list string) (map[string]string, error) {
	facts := make(map[string]string)
	for fact := range strings.SplitSeq(strings.TrimSuffix(list, ";"), ";") {
		key, value, ok := strings.Cut(fact, "=")
		if !ok || key == "" {
			return nil, errNotUnderstood
		}
		facts[strings.ToLower(key)] = value
	}
	return facts, nil
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

// parseFactTime returns the zero time for no time.
func parseFactTime(value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(factTime, value)
	if err != nil {
		return time.Time{}, fmt.Errorf("modify: %w", errNotUnderstood)
	}
	return t.Truncate(time.Second), nil
}
