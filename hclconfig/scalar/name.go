package scalar

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/vmxsync/vmxsync/providers"
)

// SetFile is the path of a file in a set.
type SetFile string

func (f *SetFile) UnmarshalText(text []byte) error {
	*f = SetFile(text)
	if err := providers.CheckPath(string(text)); err != nil || *f == "." || strings.ContainsAny(string(text), "*?[{") {
		return fmt.Errorf("%q is not the path of a file in a set: write it relative to the folder of the set, with slashes and without wildcards", text)
	}
	return nil
}

// WorkDir is the name of one folder.
type WorkDir string

func (w *WorkDir) UnmarshalText(text []byte) error {
	*w = WorkDir(text)
	return providers.CheckName(string(text))
}

// OwnerName is the name of the configuration that owns a destination root.
type OwnerName string

func (n *OwnerName) UnmarshalText(text []byte) error {
	*n = OwnerName(text)
	if strings.TrimSpace(string(text)) != string(text) || len(text) == 0 || len(text) > 255 {
		return errors.New("it must have 1 to 255 bytes, without blanks around them")
	}
	if strings.ContainsFunc(string(text), unicode.IsControl) {
		return errors.New("it must not contain control characters or line ends")
	}
	return nil
}
