//go:build !unix

package external

import "os/exec"

// ownGroup: the program is killed alone, as exec does it.
func ownGroup(*exec.Cmd) {}
