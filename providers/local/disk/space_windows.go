package disk

import "golang.org/x/sys/windows"

// FreeBytes is what this user may still write.
func FreeBytes(root string) (int64, error) {
	path, err := windows.UTF16PtrFromString(root)
	if err != nil {
		return 0, err
	}
	var mine, total, all uint64
	if err := windows.GetDiskFreeSpaceEx(path, &mine, &total, &all); err != nil {
		return 0, err
	}
	return int64(min(mine, 1<<62)), nil
}
