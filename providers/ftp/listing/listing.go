package listing

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// maxEntry bounds the bytes of one line: a name of 4 KB, and all that may stand
// in front of it.
const maxEntry = 16 << 10

var (
	ErrNotUnderstood = errors.New("not understood")
	errTooLong       = fmt.Errorf("more than %d KiB", maxEntry>>10)
)

// errNoEntry marks a line that stands for nothing in the directory.
var errNoEntry = errors.New("no entry")

// Parse reads all lines of a listing by one parser. Each line is an
// entry, with its name for a path, or makes the listing an error, which is a
// providers.PartialListing of the others.
func Parse(raw []byte, parse func(line string) (providers.File, error)) ([]providers.File, error) {
	var files []providers.File
	var odd providers.PartialListing
	for line := range bytes.SplitSeq(raw, []byte("\n")) {
		text := strings.TrimSuffix(string(line), "\r")
		if text == "" {
			continue
		}
		f, err := providers.File{}, errTooLong
		if len(text) <= maxEntry {
			f, err = parse(text)
		}
		if err == errNoEntry {
			continue
		}
		if err == nil {
			err = checkListed(f)
		}
		if err != nil {
			odd.Lines = append(odd.Lines, text)
			if odd.Err == nil {
				odd.Err = fmt.Errorf("line %s: %w: %w", providers.Excerpt(text), err, providers.ErrListing)
			}
			continue
		}
		files = append(files, f)
	}
	if odd.Err != nil {
		odd.Files = files
		return nil, &odd
	}
	return files, nil
}

// checkListed refuses what no name in a directory can be. Anything else is for
// the caller to judge by providers.CheckName.
func checkListed(f providers.File) error {
	switch name := f.Path; {
	case name == "" || strings.Contains(name, "/"):
		return errors.New("no name of a directory entry")
	case (name == "." || name == "..") && f.Kind != providers.Dir:
		return errors.New("no name of a file")
	}
	return nil
}

// WithoutDots removes the directory itself and its parent.
func WithoutDots(entries []providers.File) []providers.File {
	files := make([]providers.File, 0, len(entries))
	for _, f := range entries {
		if f.Path != "." && f.Path != ".." {
			files = append(files, f)
		}
	}
	return files
}

// Size reads decimal digits alone: no sign, no octal, no separators.
func Size(digits string) (int64, error) {
	if !isDigits(digits) {
		return 0, ErrNotUnderstood
	}
	return strconv.ParseInt(digits, 10, 64)
}
