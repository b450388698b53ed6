package testserver

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var errNotFetched = errors.New("the servers are not there, run scripts/fetch-servers")

// Packages is the folder where scripts/fetch-servers unpacked the servers.
func Packages() (string, error) {
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

// Patch writes a copy of a program or library in which a path is another one,
// of the same length.
func Patch(from, to, path, other string) error {
	content, err := os.ReadFile(from)
	if err == nil && !bytes.Contains(content, []byte(path)) {
		err = fmt.Errorf("%s does not hold %s", from, path)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, bytes.ReplaceAll(content, []byte(path), []byte(other)), 0o600)
}

// Libraries are the folders of shared libraries in a tree, whatever the
// architecture, as LD_LIBRARY_PATH has them.
func Libraries(tree string) string {
	var dirs []string
	for _, lib := range []string{"usr/lib", "lib"} {
		found, _ := filepath.Glob(filepath.Join(tree, lib, "*-linux-gnu*"))
		dirs = append(dirs, found...)
	}
	dirs = append(dirs, filepath.Join(tree, "usr/lib/encfs"))
	return strings.Join(dirs, ":")
}

// Refuse skips the test for the reason why a server or program cannot run here.
// With VMXSYNC_REQUIRE_SERVERS=1, as in CI, it fails it.
func Refuse(t testing.TB, why error) {
	t.Helper()
	if os.Getenv("VMXSYNC_REQUIRE_SERVERS") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}
