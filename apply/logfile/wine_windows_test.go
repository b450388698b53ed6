package logfile_test

import "golang.org/x/sys/windows"

// appendsTorn tells that this is wine: it writes at an end that it has looked up
// before, where Windows appends in one step.
func appendsTorn() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}
