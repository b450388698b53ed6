package main

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

// machine describes where the figures come from, in one line.
func machine() string {
	return fmt.Sprintf("%s, %s, Linux %s, %s", plural(runtime.NumCPU(), "core"), cpu(readText("/proc/cpuinfo")),
		firstLine(readText("/proc/sys/kernel/osrelease")), distribution(readText("/etc/os-release")))
}

// load is the number of processes that ran or waited, in the mean of the last 1, 5 and 15
// minutes.
func load() string {
	fields := strings.Fields(readText("/proc/loadavg"))
	if len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], " ")
}

// cpu is the name of the first processor in /proc/cpuinfo.
func cpu(info string) string { return valueOf(info, "model name", ":", runtime.GOARCH) }

// distribution is PRETTY_NAME of /etc/os-release.
func distribution(release string) string {
	return strings.Trim(valueOf(release, "PRETTY_NAME", "=", "unknown system"), `"`)
}

// valueOf finds a line "key SEP value".
func valueOf(text, key, sep, otherwise string) string {
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(line, sep); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

func readText(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

// defaultDir is a folder in memory, so that no disk is measured.
func defaultDir() string {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		return memory
	}
	return os.TempDir()
}

// versions are those of all programs that the comparison has run.
func (t tools) versions(checkout string) []string {
	var all []string
	for _, path := range t.vmxsync {
		version := t.version(path, "version")
		if len(t.vmxsync) == 1 {
			version += " (" + commit(checkout) + ", " + runtime.Version() + ")"
		}
		all = append(all, version)
	}
	for _, name := range slices.Sorted(maps.Keys(fetched)) {
		if path, err := t.path(name); err == nil {
			all = append(all, shortVersion(t.version(path, fetched[name]...)))
		}
	}
	if path, err := t.path("sha256sum"); err == nil {
		all = append(all, t.version(path, "--version"))
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
	return firstLine(string(out))
}

// serverVersion is a real server with the version of its package.
func serverVersion(name string) string {
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
