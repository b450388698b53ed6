//go:build !linux && !darwin

package disk

import "io/fs"

// changed is not known: FileInfo does not hold it.
func changed(fs.FileInfo) string { return "" }
