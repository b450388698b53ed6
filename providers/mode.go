package providers

import "io/fs"

// Moded is a body that comes from a file with permissions: a copy of it on a disk
// must not let anybody read it who may not read the original.
type Moded interface {
	// Mode are the permissions of the file; 0 where they are not known.
	Mode() fs.FileMode
}

// ModeOf are the permissions of what a body comes from; 0 where they are not
// known.
func ModeOf(b Body) fs.FileMode {
	if m, ok := b.(Moded); ok {
		return m.Mode().Perm()
	}
	return 0
}
