package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// program is vmxsync in a folder with a configuration, run as a user runs it.
type program struct {
	t    *testing.T
	dir  string
	path string
	env  []string // besides that of this process
}

// newProgram makes the folder. This test binary can run as vmxsync:
// see TestMain.
func newProgram(t *testing.T, env ...string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	p.path = filepath.Join(p.dir, "vmxsync")
	p.env = append([]string{"XDG_STATE_HOME=" + filepath.Join(p.dir, "state"), "NO_COLOR=1"}, env...)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, p.path); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *program) file(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *program) write(name, content string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.file(name)), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.file(name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), p.env...)
	return cmd
}

func (p *program) run(args ...string) (int, string) {
	cmd := p.command(args...)
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), string(out)
}

func (p *program) must(code int, args ...string) {
	p.t.Helper()
	if got, out := p.run(args...); got != code {
		p.t.Fatalf("vmxsync %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, out)
	}
}

// killed runs a command until it has written so many lines, kills it, and
// returns how many it had written by then.
func (p *program) killed(lines int, args ...string) (seen int) {
	p.t.Helper()
	cmd := p.command(args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	for in := bufio.NewScanner(out); seen < lines && in.Scan(); {
		seen++
	}
	cmd.Process.Kill()
	cmd.Wait()
	return seen
}

// testApp returns the command line of the program, without streams.
func testApp() *cli.App {
	return (&process{env: func(string) (string, bool) { return "", false }}).line().app()
}
