package process

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestParsePeak_isVmHWM(t *testing.T) {
	got, err := parsePeak("Name:\tcurl\nVmPeak:\t   99999 kB\nVmHWM:\t   10496 kB\nVmRSS:\t     100 kB\n")
	if err != nil || got != 10496<<10 {
		t.Errorf("%d, %v, want %d", got, err, 10496<<10)
	}
	if _, err := parsePeak("Name:\tcurl\nState:\tZ (zombie)\n"); err == nil {
		t.Error("a process that has ended has a peak")
	}
}

func TestRunAll_addsUp(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	do := func(script string) Command { return Command{Argv: []string{sh, "-c", script}} }
	u, printed, err := RunAll(context.Background(), t.TempDir(), []Command{do("echo one"), do("echo two; sleep 0.05")})
	if err != nil || string(printed) != "one\ntwo\n" || u.Elapsed < 50*time.Millisecond {
		t.Errorf("%+v, %q, %v", u, printed, err)
	}
	if _, _, err := RunAll(context.Background(), t.TempDir(), []Command{do("echo cause >&2; exit 3")}); err == nil || !strings.Contains(err.Error(), "cause") {
		t.Errorf("error %v, want the last line that was printed", err)
	}
}
