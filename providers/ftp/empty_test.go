package ftp_test

import (
	"testing"
)

// IIS refuses to list what is empty.
func TestList_refusalThatTellsOfAnEmptyFolder(t *testing.T) {
	for reply, empty := range map[string]bool{"550 No files found.": true, "550 Access is denied.": false, "550 Something else.": false} {
		srv := newScript(t, verbs{"MLSD": said(reply), "LIST": said(reply)})
		files, err := open(t, srv.settings(), "x").List(t.Context(), "web01")
		if (err == nil) != empty || len(files) > 0 {
			t.Errorf("%s: got %v, %v; empty is %v", reply, files, err, empty)
		}
	}
	gone := newScript(t, verbs{"MLSD": said("550 No files found."), "LIST": said("550 No files found."), "CWD": said("550 no such folder")})
	if files, err := open(t, gone.settings(), "x").List(t.Context(), "web01"); err == nil {
		t.Errorf("missing: got %v, want an error", files)
	}
}
