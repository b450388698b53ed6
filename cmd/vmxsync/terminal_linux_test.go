package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// The output of an apply on a terminal of our own.

func TestTerminal_barsLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{80, 120} {
		dir := slowNight(t, "1536KiB/s")
		raw, code := onTerminal(t, dir, columns, "", "", "apply", "-auto-approve", "-no-color=false", "-verbosity=trace")
		if code != int(failure.Done) {
			t.Fatalf("exit code %d\n%s", code, raw)
		}
		for _, want := range []string{"Bart-flat.vmdk ", "Total ", "/3.0 MiB ", "[="} {
			if !strings.Contains(raw, want) {
				t.Errorf("%d columns: nothing was drawn that holds %q", columns, want)
			}
		}
		lines := screen(t, raw, columns)
		for _, line := range lines {
			if strings.HasPrefix(line, "Total ") || strings.Contains(line, "[=") || strings.Contains(line, "[-") {
				t.Errorf("%d columns: %q is left", columns, line)
			}
		}
		for _, want := range []string{
			"nas/Bart/2026-11-21-010000: Creating... (3.0 MiB)",
			"nas: 1< 226 Closing transfer connection",
			"Apply complete! Resources: 1 added, 0 changed, 0 destroyed.",
		} {
			if !slices.Contains(lines, want) {
				t.Errorf("%d columns: no line is %q in\n%s", columns, want, strings.Join(lines, "\n"))
			}
		}
	}
}

func TestTerminal_interruptShowsHowToContinue(t *testing.T) {
	t.Parallel()
	dir := slowNight(t, "512KiB/s")
	raw, code := onTerminal(t, dir, 80, "Total ", "\x03", "apply", "-auto-approve")
	if code != int(failure.Interrupted) {
		t.Fatalf("exit code %d\n%s", code, raw)
	}
	lines := screen(t, raw, 80)
	if !strings.Contains(raw, "^C") || slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "Total ") || strings.Contains(l, "[-") }) {
		t.Errorf("bars are left\n%s", strings.Join(lines, "\n"))
	}
	for _, want := range []string{"nas/Bart/2026-11-21-010000: Creating... (3.0 MiB)", "╷", "│ Error: Interrupted", "│   hint: To continue: vmxsync apply -auto-approve", "╵"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line is %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

func TestTerminal_noBarsWhereNoColours(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"-no-color", "-quiet", "-json"} {
		raw, code := onTerminal(t, slowNight(t, "1536KiB/s"), 80, "", "", "apply", "-auto-approve", flag)
		if code != int(failure.Done) || strings.ContainsAny(raw, "\x1b") || strings.Contains(raw, "Total ") {
			t.Errorf("%s: exit code %d\n%q", flag, code, raw)
		}
	}
}

// slowNight is a folder with a configuration and a set to send, at that rate.
func slowNight(t *testing.T, rate string) string {
	server, err := ftptest.Start(ftptest.Options{User: "u", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	dir := t.TempDir()
	config := strings.NewReplacer("HOST", server.Host, "PORT", strconv.Itoa(server.Port), "ROOT", server.Path, "RATE", rate).Replace(`
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "ftp" "nas" {
  host     = "HOST"
  port     = PORT
  username = "u"
  password = env("NAS_PASSWORD")
  root     = "ROOT"
  tls { mode = "off" }
  transfer { rate_limit = "RATE" }
}
retention "standard" { keep_last = 3 }
backup "default" {
  source       = source.local.esxi
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
`)
	disk := filepath.Join(dir, "src", "Bart", "2026-11-21-010000", "Bart-flat.vmdk")
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "vmxsync.hcl"), []byte(config), 0o644),
		os.MkdirAll(filepath.Dir(disk), 0o755),
		writeRandom(disk, "Bart", 3<<20),
	); err != nil {
		t.Fatal(err)
	}
	return dir
}

// onTerminal runs vmxsync on a terminal of that width, types the keys once it
// has printed what to wait for, and returns all that the terminal got.
func onTerminal(t *testing.T, dir string, columns int, until, keys string, args ...string) (string, int) {
	t.Helper()
	// This test binary can run as vmxsync: see TestMain.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "vmxsync")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NAS_PASSWORD=secret", "NO_COLOR=", "TERM=xterm", "HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: uint16(columns)})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var raw strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := terminal.Read(buffer)
		raw.Write(buffer[:n])
		if keys != "" && strings.Contains(raw.String(), until) {
			io.WriteString(terminal, keys)
			keys = ""
		}
		if err != nil && !errors.Is(err, syscall.EIO) { // on Linux: the other side is closed
			t.Fatal(err)
		}
		if err != nil {
			break
		}
	}
	cmd.Wait()
	return raw.String(), cmd.ProcessState.ExitCode()
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// screen returns the final lines of an endless terminal, without colours. It knows the
// sequences that our program sends, and refuses all others.
func screen(t *testing.T, raw string, columns int) []string {
	t.Helper()
	var lines [][]rune
	row, column := 0, 0
	put := func(r rune) {
		if column == columns {
			row, column = row+1, 0
		}
		for len(lines) <= row {
			lines = append(lines, nil)
		}
		for len(lines[row]) <= column {
			lines[row] = append(lines[row], ' ')
		}
		lines[row][column] = r
		column++
	}
	for text := []rune(colours.ReplaceAllString(raw, "")); len(text) > 0; {
		r := text[0]
		text = text[1:]
		switch r {
		case '\r':
			column = 0
		case '\n':
			row++
		case '\x1b':
			up, rest, found := strings.Cut(string(text), "A\x1b[J")
			n, err := strconv.Atoi(strings.TrimPrefix(up, "["))
			if err != nil || !found {
				t.Fatalf("the terminal got %q", string(text[:min(20, len(text))]))
			}
			text, row = []rune(rest), max(0, row-n)
			lines = lines[:min(len(lines), row+1)]
			if row < len(lines) {
				lines[row] = lines[row][:min(len(lines[row]), column)]
			}
		default:
			put(r)
		}
	}
	var out []string
	for _, line := range lines {
		out = append(out, strings.TrimRight(string(line), " "))
	}
	return out
}
