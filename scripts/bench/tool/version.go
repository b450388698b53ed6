package tool

import (
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Versions are those of all programs that the comparison has run.
func (t Found) Versions(checkout string) []string {
	var all []string
	for _, path := range t.Vmxsync {
		version := t.Version(path, "version")
		if len(t.Vmxsync) == 1 {
			version += " (" + commit(checkout) + ", " + runtime.Version() + ")"
		}
		all = append(all, version)
	}
	for _, name := range slices.Sorted(maps.Keys(fetched)) {
		if path, err := t.Path(name); err == nil {
			all = append(all, shortVersion(t.Version(path, fetched[name]...)))
		}
	}
	if path, err := t.Path("sha256sum"); err == nil {
		all = append(all, t.Version(path, "--version"))
	}
	return all
}

// shortVersion leaves out what curl and lftp add about libraries and authors.
func shortVersion(line string) string {
	line = strings.ReplaceAll(line, "LFTP | Version", "lftp")
	for _, end := range []string{" (", " | ", " Copyright"} {
		line, _, _ = strings.Cut(line, end)
	}
	return line
}

// commit names the state of the checkout.
func commit(checkout string) string {
	out, err := exec.Command("git", "-C", checkout, "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown commit"
	}
	return strings.TrimSpace(string(out))
}

// ServerVersion is a real server with the version of its package.
func ServerVersion(name string) string {
	tree, err := testserver.Packages()
	if err != nil {
		return name
	}
	found, _ := filepath.Glob(filepath.Join(tree, "usr/share/doc", "*"+name+"*", "changelog.Debian*.gz"))
	for _, path := range found {
		if version, err := changelogVersion(path); err == nil {
			return name + " " + version
		}
	}
	return name
}

// changelogVersion reads the first entry of a Debian changelog: "vsftpd (3.0.3-13) …".
func changelogVersion(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	var source, version string
	_, err = fmt.Fscanf(text, "%s (%s", &source, &version)
	return strings.TrimSuffix(version, ")"), err
}
