package progress

import (
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
)

func TestLabel_fitsAndIsHarmless(t *testing.T) {
	for _, c := range []struct {
		file  file
		width int
		want  string
	}{
		{file{bart, "Bart-flat.vmdk"}, 48, "nas/Bart/2026-11-21-010000/Bart-flat.vmdk       "},
		{file{bart, "Bart-flat.vmdk"}, 24, "nas/Bart/Bart-flat.vmdk "},
		{file{bart, "Bart-flat.vmdk"}, 14, "nas/…flat.vmdk"},
		{file{bart, "a\x1b[31m\r\n"}, 24, `nas/Bart/a\x1b[31m\r\n  `},
		{file{bart, "日本語日本語日本語.vmdk"}, 21, "nas/Bar…語日本語.vmdk"},
	} {
		got := c.file.label(c.width)
		if got != c.want {
			t.Errorf("%q in %d columns is %q, want %q", c.file.path, c.width, got, c.want)
		}
		if n := runewidth.StringWidth(got); n != c.width {
			t.Errorf("%q has %d columns, want %d", got, n, c.width)
		}
	}
}

func TestFigures_standInTheirColumns(t *testing.T) {
	for _, c := range []struct {
		p    progress
		want string
	}{
		{progress{done: 12 << 30, size: 41 << 30, rate: 11 << 20, left: 44*time.Minute + 10*time.Second}, "        12.0/41.0 GiB   11.0 MiB/s 44m10s"},
		{progress{done: 980 << 20, size: 41 << 30, rate: 112 << 20, left: 26*time.Hour + 5*time.Minute}, "   980.0 MiB/41.0 GiB  112.0 MiB/s 26h05m"},
		{progress{done: 1023 << 20, size: 1023 << 30, rate: 1 << 10, left: 300 * time.Hour}, "1023.0 MiB/1023.0 GiB    1.0 KiB/s    12d"},
		{progress{size: 3 << 10, left: -1}, "          0 B/3.0 KiB                    "},
	} {
		if got := c.p.figures(); got != c.want {
			t.Errorf("%+v\n got %q\nwant %q", c.p, got, c.want)
		}
	}
}
