package providers

import (
	"fmt"
	"strings"
)

// Limits are what a place cannot hold of what CheckPath passes. The zero value
// knows of none.
type Limits struct {
	// NameBytes is the longest name of one entry, in bytes; 0: not known.
	NameBytes int `json:"name_bytes,omitempty"`
	// PathBytes is the longest path, in bytes, counted from the root of the
	// store; 0 where no limit is known.
	PathBytes int `json:"path_bytes,omitempty"`
	// Refused are the characters that no name may hold.
	Refused string `json:"refused,omitempty"`
	// Devices is true where what Windows keeps for devices is no name of a file.
	Devices bool `json:"devices,omitempty"`
}

const renameHint = "Rename it at the source (a disk of a VM: in the VM's settings), or use a destination that can store it."

// CheckPath is the CheckPath of this package, and tells what of the path this
// place cannot hold. The error wraps ErrName; where it is a limit of the place,
// it has a hint.
func (l Limits) CheckPath(p string) error {
	if err := CheckPath(p); err != nil {
		return err
	}
	if why := l.unfit(p); why != "" {
		return WithHint(fmt.Errorf("%s: %w", why, ErrName), renameHint)
	}
	return nil
}

func (l Limits) unfit(p string) string {
	if l.PathBytes > 0 && len(p) > l.PathBytes {
		return fmt.Sprintf("path of %d bytes, but the place allows at most %d", len(p), l.PathBytes)
	}
	for name := range strings.SplitSeq(p, "/") {
		switch i := strings.IndexAny(name, l.Refused); {
		case l.NameBytes > 0 && len(name) > l.NameBytes:
			return fmt.Sprintf("%q is a name of %d bytes, but the place allows at most %d", name, len(name), l.NameBytes)
		case i >= 0:
			return fmt.Sprintf("%q contains %q, which names at the place must not contain", name, name[i:i+1])
		case l.Devices && isDevice(name):
			return fmt.Sprintf("%q is reserved for a device on Windows", name)
		}
	}
	return ""
}
