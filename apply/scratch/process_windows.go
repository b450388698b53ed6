package scratch

import "syscall"

const (
	// queryLimited is the right to ask whether a process has ended
	// (PROCESS_QUERY_LIMITED_INFORMATION of the Windows SDK).
	queryLimited = 0x1000
	// stillActive is the exit code of a process that has none yet (STILL_ACTIVE of the Windows SDK).
	stillActive = 259
	// invalidParameter is what OpenProcess answers where there is no such process
	// (ERROR_INVALID_PARAMETER of the Windows SDK).
	invalidParameter syscall.Errno = 87
)

// alive reports whether a process of this machine may still run. One that has ended can be
// opened as long as somebody holds a handle of it.
func alive(pid int) bool {
	if pid <= 0 {
		return true // not known
	}
	h, err := syscall.OpenProcess(queryLimited, false, uint32(pid))
	if err != nil {
		return err != invalidParameter
	}
	defer syscall.CloseHandle(h)
	var code uint32
	return syscall.GetExitCodeProcess(h, &code) != nil || code == stillActive
}
