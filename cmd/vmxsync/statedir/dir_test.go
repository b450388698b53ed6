package statedir

import (
	"errors"
	"path/filepath"
	"runtime"
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
		dir := Find(func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }, func() (string, error) { return c.home, nil })
		got, err := dir.path, dir.err
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if c.want == "" && (!errors.Is(err, ErrNone) || providers.Hint(err) != Hint) {
			t.Errorf("%s: got %v, want ErrNone with its hint", name, err)
		}
	}
}
