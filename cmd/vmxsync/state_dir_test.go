package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

func TestStateDir_isFoundWithoutHome(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the application data of the machine come first there")
	}
	home, gone := t.TempDir(), filepath.Join(t.TempDir(), "gone")
	for name, c := range map[string]struct {
		env  map[string]string
		home string
		want string
	}{
		"XDG first":            {map[string]string{"XDG_STATE_HOME": "/x", "STATE_DIRECTORY": "/s", "HOME": "/h"}, home, "/x/vmxsync"},
		"a relative XDG":       {map[string]string{"XDG_STATE_HOME": "x", "HOME": "/h"}, home, "/h/.local/state/vmxsync"},
		"then systemd's":       {map[string]string{"STATE_DIRECTORY": "/var/lib/vmxsync", "HOME": "/h"}, home, "/var/lib/vmxsync"},
		"the first of several": {map[string]string{"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}, home, "/var/lib/a"},
		"an empty one":         {map[string]string{"STATE_DIRECTORY": "", "HOME": "/h"}, home, "/h/.local/state/vmxsync"},
		"then HOME":            {map[string]string{"HOME": "/h"}, home, "/h/.local/state/vmxsync"},
		"then the account":     {nil, home, filepath.Join(home, ".local/state/vmxsync")},
		"a home that is not":   {nil, gone, ""},
		"an empty HOME":        {map[string]string{"HOME": ""}, "", ""},
	} {
		p := &process{
			env:         func(name string) (string, bool) { v, ok := c.env[name]; return v, ok },
			accountHome: func() (string, error) { return c.home, nil },
		}
		got, err := p.stateDir()
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if c.want == "" && (!errors.Is(err, errNoStateDir) || providers.Hint(err) != stateDirHint) {
			t.Errorf("%s: got %v, want errNoStateDir with its hint", name, err)
		}
	}
}

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
