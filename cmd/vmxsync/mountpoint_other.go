//go:build !unix

package main

// isMountPoint is not told here: what a drive's letter stands for is there or is not.
func isMountPoint(string) bool { return false }
