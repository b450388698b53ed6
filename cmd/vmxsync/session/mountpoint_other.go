//go:build !unix

package session

// isMountPoint is not told here: what a drive's letter stands for is there or is not.
func isMountPoint(string) bool { return false }
