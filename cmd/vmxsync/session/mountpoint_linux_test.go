package session

import "testing"

// An empty folder on which a disk is mounted is an empty disk, and no disk that is away.
func TestIsMountPoint(t *testing.T) {
	if !isMountPoint("/proc") {
		t.Error("/proc is no mount point")
	}
	if isMountPoint(t.TempDir()) {
		t.Error("a folder is a mount point")
	}
}
