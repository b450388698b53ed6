package ui

import "testing"

func TestUI_narrowsTheTableOnANarrowTerminal(t *testing.T) {
	const rows = "VM\tSIZE\tAGE\nBart\t1.0 GiB\t36 h\n"
	for _, c := range []struct {
		terminal bool
		width    int
		want     string
	}{
		{true, 22, "VM     SIZE      AGE\nBart   1.0 GiB   36 h\n"},
		{true, 20, "VM    SIZE     AGE\nBart  1.0 GiB  36 h\n"},
		{true, 10, "VM   SIZE    AGE\nBart 1.0 GiB 36 h\n"},
		{false, 10, "VM     SIZE      AGE\nBart   1.0 GiB   36 h\n"},
	} {
		if got := (Style{Color: c.terminal, Width: c.width}).Table(rows); got != c.want {
			t.Errorf("terminal %t, %d columns:\n%s\nwant\n%s", c.terminal, c.width, got, c.want)
		}
	}
}
