package ftptest

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Available says in one line why the real server called name cannot run here,
// or returns nil.
func Available(name string) error {
	r, err := find(name)
	if err != nil {
		return err
	}
	return r.available()
}

func (r RealServer) available() error {
	tree, err := testserver.Packages()
	if err != nil {
		return fmt.Errorf("%s not tested: %w", r.Name, err)
	}
	if _, err := os.Stat(filepath.Join(tree, r.program)); err != nil {
		return fmt.Errorf("%s not tested: %w", r.Name, err)
	}
	if r.NeedsRoot && os.Getuid() != 0 {
		return fmt.Errorf("%s not tested: it needs root", r.Name)
	}
	return nil
}
