package session

import (
	"path/filepath"
	"testing"
)

func TestFolderOf(t *testing.T) {
	for _, c := range []struct {
		path    string
		windows bool
		want    string
	}{
		{"/mnt/usb/backups", false, "/mnt/usb/backups"},
		{"/E:/backups", false, "/E:/backups"},
		{"/E:/backups", true, "E:/backups"},
		{"/E:", true, "E:"},
		{"/share/backups", true, "/share/backups"},
	} {
		if got := filepath.ToSlash(folderOf(c.path, c.windows)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.path, got, c.want)
		}
	}
}
