package ftptest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
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
	tree, err := packages()
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

var errNotFetched = errors.New("the servers are not there, run scripts/fetch-servers")

// packages is the folder where scripts/fetch-servers unpacked the servers.
func packages() (string, error) {
	if runtime.GOOS != "linux" {
		return "", errors.New("the packages are programs for Linux")
	}
	dir := os.Getenv("VMXSYNC_TEST_SERVERS")
	if dir == "" {
		checkout, err := checkout()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(checkout, ".cache", "servers")
	}
	if _, err := os.Stat(filepath.Join(dir, "ready")); err != nil {
		return "", errNotFetched
	}
	return filepath.Abs(filepath.Join(dir, "tree"))
}

// checkout is the nearest folder upwards that holds go.mod.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errNotFetched
		}
	}
}
