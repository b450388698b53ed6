//go:build !windows

package logfile_test

func appendsTorn() bool { return false }
