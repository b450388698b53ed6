package scratch

import "golang.org/x/sys/windows"

// stillActive is the exit code of a process that has none yet (STILL_ACTIVE of the Windows SDK).
const stillActive = 259

// alive reports whether a process of this machine may still run. One that has ended can be
// opened as long as somebody holds a handle of it.
func alive(pid int) bool {
	if pid <= 0 {
		return true // not known
	}
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return err != windows.ERROR_INVALID_PARAMETER // there is no such process
	}
	defer windows.CloseHandle(h)
	var code uint32
	return windows.GetExitCodeProcess(h, &code) != nil || code == stillActive
}
