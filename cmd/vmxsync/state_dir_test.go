package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The account has no home, and no variable is set: commands that only read need none,
// and the error of an apply names the variables, not the network.
func TestStateDir_onlyAnApplyNeedsOne(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("src/Bart/2020-01-01-010000/a", "text")
	write("dst/placeholder", "")
	write("vmxsync.hcl", `
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "local" "usb" { path = "dst" }
retention "standard" { keep_last = 3 }
backup "default" {
  source       = source.local.esxi
  destinations = [destination.local.usb]
  retention    = retention.standard
}`)
	t.Chdir(dir)
	run := func(args ...string) (int, string) {
		var out, err bytes.Buffer
		p := &process{args: args, stdout: &out, stderr: &err, env: func(string) (string, bool) { return "", false }}
		return p.run(t.Context()), err.String()
	}
	for _, args := range [][]string{{"plan", "-out=plan.out"}, {"list"}, {"status"}, {"show", "plan.out"}} {
		if code, output := run(args...); code != 0 {
			t.Errorf("vmxsync %v: exit code %d\n%s", args, code, output)
		}
	}
	for _, args := range [][]string{{"apply", "-auto-approve"}, {"apply", "plan.out"}} {
		code, output := run(args...)
		if code != 1 || !strings.Contains(output, "The state directory cannot be used") || !strings.Contains(output, "STATE_DIRECTORY") || strings.Contains(output, "network") {
			t.Errorf("vmxsync %v: exit code %d\n%s", args, code, output)
		}
	}
}
