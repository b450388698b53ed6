//go:build !windows

package local

import "os"

// allowHoles: what was never written of a file takes no room.
func allowHoles(*os.File) {}
