package ftptest_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

func TestPrograms_run(t *testing.T) {
	dir := ftptest.Programs(t)
	for name, want := range map[string]string{"curl": "curl ", "ncftpput": "NcFTPPut "} {
		out, _ := exec.Command(filepath.Join(dir, name), "--version").CombinedOutput()
		if !strings.Contains(string(out), want) {
			t.Errorf("%s said %q", name, out)
		}
	}
}
