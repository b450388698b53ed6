package tool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Found is where programs were found, and why others were not.
type Found struct {
	Paths   map[string]string // by name
	Missing map[string]error
	Env     []string // for the fetched ones
	Vmxsync []string // paths of the builds to measure
}

// fetched are the tools of scripts/fetch-peers, and how each prints its version.
var fetched = map[string][]string{
	"curl": {"--version"}, "lftp": {"--version"}, "ncftpput": {"-v"}, "rclone": {"version"},
}

// Path is where a program is, or an error that says why it is nowhere.
func (t Found) Path(name string) (string, error) {
	if err := t.Missing[name]; err != nil {
		return "", err
	}
	return t.Paths[name], nil
}

// FetchServers makes sure that the servers are there.
func FetchServers(ctx context.Context, checkout string) error {
	_, err := script(ctx, checkout, "fetch-servers")
	return err
}

// Find fetches the peers, or finds them on this machine where that fails.
func Find(ctx context.Context, checkout string) Found {
	t := Found{Paths: map[string]string{}, Missing: map[string]error{}}
	tree := filepath.Join(checkout, ".cache", "peers", "tree")
	if dir := os.Getenv("VMXSYNC_BENCH_PEERS"); dir != "" {
		tree = filepath.Join(dir, "tree")
	}
	_, fetchErr := script(ctx, checkout, "fetch-peers")
	if fetchErr == nil {
		t.Env = []string{"LD_LIBRARY_PATH=" + testserver.Libraries(tree)}
	}
	for name := range fetched {
		t.add(name, filepath.Join(tree, "usr", "bin", name), fetchErr)
	}
	t.add("sha256sum", "", errors.New("it is not on this machine"))
	return t
}

// add finds one program: the fetched one, or one of this machine.
func (t Found) add(name, fetched string, fetchErr error) {
	if _, err := os.Stat(fetched); err == nil && fetchErr == nil {
		t.Paths[name] = fetched
		return
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Missing[name] = errors.Join(fetchErr, err)
		return
	}
	t.Paths[name] = path
}

// script runs one of the scripts of the checkout.
func script(ctx context.Context, checkout, name string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(checkout, "scripts", name))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", name, err, LastLine(out))
	}
	return string(out), nil
}

// Build builds vmxsync as a user gets it.
func Build(ctx context.Context, checkout, to string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", to, "./cmd/vmxsync")
	cmd.Dir, cmd.Env = checkout, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build vmxsync: %w: %s", err, LastLine(out))
	}
	return nil
}

// Obscure makes of a password what rclone wants in its configuration.
func (t Found) Obscure(password string) (string, error) {
	path, err := t.Path("rclone")
	if err != nil {
		return "", err
	}
	out, err := exec.Command(path, "obscure", password).Output()
	return strings.TrimSpace(string(out)), err
}

// Version is the first line that a program prints about itself.
func (t Found) Version(path string, args ...string) string {
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), t.Env...)
	out, err := cmd.CombinedOutput()
	line, _, _ := bytes.Cut(bytes.TrimSpace(out), []byte("\n"))
	if len(line) == 0 {
		return fmt.Sprintf("unknown version: %v", err)
	}
	return string(line)
}

// LastLine is the last line that a program printed.
func LastLine(printed []byte) string {
	printed = bytes.TrimSpace(printed)
	return string(printed[bytes.LastIndexByte(printed, '\n')+1:])
}
