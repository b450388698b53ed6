package ftptest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// programs are those that scripts/fetch-servers brings: two that upload in the
// place of a client of our own, and one whose retention ours is compared with.
var programs = []string{"curl", "ncftpput", "restic"}

// Program is one of the programs that need nothing of their package but
// themselves: from the fetched ones, or else of this machine. Where it is nowhere,
// it does what RequireReal does.
func Program(t testing.TB, name string) string {
	t.Helper()
	if tree, err := testserver.Packages(); err == nil {
		if path := filepath.Join(tree, "usr", "bin", name); executable(path) {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		testserver.Refuse(t, fmt.Errorf("%s not tested: %w", name, err))
	}
	return path
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// Programs is a folder with curl, ncftpput and restic, for the front of a PATH.
// Where they have not been fetched, it does what RequireReal does.
func Programs(t testing.TB) string {
	t.Helper()
	tree, err := testserver.Packages()
	if err != nil {
		testserver.Refuse(t, fmt.Errorf("curl, ncftpput and restic not tested: %w", err))
	}
	dir := t.TempDir()
	for _, name := range programs {
		if err := wrap(dir, tree, name); err != nil {
			testserver.Refuse(t, err)
		}
	}
	return dir
}

// wrap writes a script that becomes a fetched program with its libraries.
func wrap(dir, tree, name string) error {
	program := filepath.Join(tree, "usr/bin", name)
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("%s not tested: %w", name, err)
	}
	script := fmt.Sprintf("#!/bin/sh\nLD_LIBRARY_PATH='%s' exec '%s' \"$@\"\n", launch{tree: tree}.libraries(), program)
	return os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700)
}
