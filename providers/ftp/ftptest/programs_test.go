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
	for command, want := range map[string]string{"curl --version": "curl ", "ncftpput --version": "NcFTPPut ", "restic version": "restic "} {
		name, arg, _ := strings.Cut(command, " ")
		out, _ := exec.Command(filepath.Join(dir, name), arg).CombinedOutput()
		if !strings.Contains(string(out), want) {
			t.Errorf("%s said %q", command, out)
		}
	}
}
