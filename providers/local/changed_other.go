//go:build !linux && !darwin

package local

import "io/fs"

// changed is not known: FileInfo does not hold it.
func changed(fs.FileInfo) string { return "" }
