package disk

import (
	"golang.org/x/sys/windows"

	"github.com/vmxsync/vmxsync/providers"
)

// Limits asks the volume for the longest name. Windows counts UTF-16 units, of
// which no name has more than it has bytes.
func Limits(root string) providers.Limits {
	l := providers.Limits{NameBytes: longestName, Refused: providers.RefusedByWindows, Devices: true}
	path, err := windows.UTF16PtrFromString(root)
	if err != nil {
		return l
	}
	var volume [windows.MAX_PATH + 1]uint16
	if err := windows.GetVolumePathName(path, &volume[0], uint32(len(volume))); err != nil {
		return l
	}
	var longest uint32
	if err := windows.GetVolumeInformation(&volume[0], nil, 0, nil, &longest, nil, nil, 0); err == nil && longest > 0 {
		l.NameBytes = int(min(longest, longestName))
	}
	return l
}
