package main

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
)

// folder formats the files of a folder, and with recursive those below it.
// Links are not followed: what they lead to may belong to somebody else.
func (t *fmtRun) folder(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.report(unformattable(err, ""))
		return
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && t.recursive && !strings.HasPrefix(e.Name(), "."):
			t.folder(path)
		case e.IsDir() || !confdir.IsFormatted(e.Name()):
		case e.Type()&fs.ModeSymlink != 0:
			t.ui.Logf(slog.LevelWarn, "%s is a link and was not formatted: name the file that it points to", path)
		default:
			t.report(t.file(path))
		}
	}
}
