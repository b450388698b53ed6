//go:build !unix

package notify

import "os/exec"

// ownGroup: the program is killed alone, as exec does it.
func ownGroup(*exec.Cmd) {}
