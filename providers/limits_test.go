package providers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

func TestLimits_sayWhatThePlaceCannotHold(t *testing.T) {
	short := providers.Limits{NameBytes: 143, PathBytes: 300}
	fat := providers.Limits{NameBytes: 255, Refused: providers.RefusedByWindows}
	windows := providers.Limits{Refused: providers.RefusedByWindows, Devices: true}
	n := func(n int) string { return strings.Repeat("n", n) }
	for _, c := range []struct {
		limits providers.Limits
		path   string
		says   string // "" where it fits
	}{
		{providers.Limits{}, "Bart/" + n(255), ""},
		{providers.Limits{}, "Bart/what?.log", ""},
		{short, ".", ""},
		{short, "Bart/" + n(143) + "/disk.vmdk", ""},
		{short, "Bart/" + n(144), "a name of 144 bytes, but the place allows at most 143"},
		{short, n(144) + "/disk.vmdk", "a name of 144 bytes, but the place allows at most 143"},
		{short, "Bart/" + strings.Repeat("ü", 72), "a name of 144 bytes"},
		{short, n(100) + "/" + n(100) + "/" + n(98), ""},
		{short, n(100) + "/" + n(100) + "/" + n(99), "path of 301 bytes, but the place allows at most 300"},
		{fat, "Bart/what?.log", `"what?.log" contains "?"`},
		{fat, "a:b/disk.vmdk", `"a:b" contains ":"`},
		{fat, "Bart/nul.log", ""},
		{windows, "Bart/nul.log", "reserved for a device"},
	} {
		err := c.limits.CheckPath(c.path)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%.20s: %v", c.path, err)
		case c.says == "":
		case !errors.Is(err, providers.ErrName) || !strings.Contains(err.Error(), c.says) || providers.Hint(err) == "":
			t.Errorf("%.20s: got %v (hint %q), want ErrName with %q and a way out", c.path, err, providers.Hint(err), c.says)
		}
	}
	if err := short.CheckPath("../x"); !errors.Is(err, providers.ErrName) {
		t.Errorf("what no place holds: %v", err)
	}
}
