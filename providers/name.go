package providers

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// MaxLine is the longest path that vmxsync sends to a server in one line, in
// bytes. The shortest limit measured is pyftpdlib's 2048 for a whole command line.
const MaxLine = 2000

// MaxPath is the longest path that CheckPath passes, in bytes. Linux takes 4095
// with what is above it on a disk.
const MaxPath = 4000

// CheckName explains why a name must not be used as one element of a path: what
// FTP servers were measured to mangle (control characters, NUL, 0xFF, trailing
// blanks and tabs), what climbs (".."), what Windows drops (a trailing dot).
// The error wraps ErrName. A name from a server becomes a local path only
// after it passed.
func CheckName(name string) error {
	if why := badName(name); why != "" {
		return fmt.Errorf("%q %s: %w", name, why, ErrName)
	}
	return nil
}

func badName(name string) string {
	switch {
	case name == "" || name == "." || name == "..":
		return "is not a valid name"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case strings.ContainsAny(name, "/\\"):
		return "contains a slash"
	case strings.IndexFunc(name, isControl) >= 0:
		return "contains a control character"
	case strings.TrimRight(name, " .\u00a0") != name:
		return "ends with a space or a dot"
	case strings.HasPrefix(name, " "):
		return "begins with a space"
	case len(name) > 255:
		return "is longer than 255 bytes"
	}
	return ""
}

// isControl covers C0, DEL, C1, and the Unicode format characters that change
// the order of what a terminal shows.
func isControl(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f ||
		r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff
}

// CheckPath is CheckName for every element of a path, and refuses paths over
// MaxPath bytes.
func CheckPath(p string) error {
	if p == "." {
		return nil
	}
	if !fs.ValidPath(p) {
		return fmt.Errorf("%q is not a path below a root: %w", p, ErrName)
	}
	if len(p) > MaxPath {
		return fmt.Errorf("path of %d bytes, more than %d: %w", len(p), MaxPath, ErrName)
	}
	for name := range strings.SplitSeq(p, "/") {
		if err := CheckName(name); err != nil {
			return err
		}
	}
	return nil
}

// ReservedOnWindows reports whether an element of the path is a name that Windows keeps
// for devices, or holds a character that it refuses. Such names can be sent to any
// server that takes them, and not be brought back to Windows.
func ReservedOnWindows(p string) bool {
	for name := range strings.SplitSeq(p, "/") {
		if strings.ContainsAny(name, RefusedByWindows) || isDevice(name) {
			return true
		}
	}
	return false
}

// RefusedByWindows are the characters that Windows, and the file systems of its
// making, let no name hold.
const RefusedByWindows = `<>:"|?*`

func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	return devices[strings.ToUpper(strings.TrimRight(stem, " "))]
}

// devices are those of Windows, whatever extension follows.
var devices = map[string]bool{
	"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true,
	"COM1": true, "COM2": true, "COM3": true, "COM4": true, "COM5": true, "COM6": true, "COM7": true, "COM8": true, "COM9": true,
	"LPT1": true, "LPT2": true, "LPT3": true, "LPT4": true, "LPT5": true, "LPT6": true, "LPT7": true, "LPT8": true, "LPT9": true,
}
