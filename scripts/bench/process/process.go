package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/scripts/bench/tool"
)

// runLimit ends a program that hangs.
const runLimit = 20 * time.Minute

// Usage is what a run took.
type Usage struct {
	Elapsed      time.Duration
	User, System time.Duration // of all its processes
	Peak         int64         // resident memory of the largest one, in bytes
}

// Command is one process to run.
type Command struct {
	Argv []string
	Env  []string // added to an environment that has little else
}

// RunAll runs commands one after another in dir, and returns what they took together and
// what they printed.
func RunAll(ctx context.Context, dir string, commands []Command) (Usage, []byte, error) {
	var total Usage
	var output []byte
	for _, c := range commands {
		u, printed, err := c.Run(ctx, dir)
		output = append(output, printed...)
		if err != nil {
			return Usage{}, output, err
		}
		total.Elapsed += u.Elapsed
		total.User += u.User
		total.System += u.System
		total.Peak = max(total.Peak, u.Peak)
	}
	return total, output, nil
}

// Run prints to a file: a pipe would make this process work as well.
func (c Command) Run(ctx context.Context, dir string) (Usage, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	out, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return Usage{}, nil, err
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC0", "HOME=" + dir}, c.Env...)
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return Usage{}, nil, err
	}
	peak := watchPeak(cmd.Process.Pid)
	err = cmd.Wait()
	u := Usage{Elapsed: time.Since(begin), User: cmd.ProcessState.UserTime(), System: cmd.ProcessState.SystemTime(), Peak: peak()}
	printed, readErr := os.ReadFile(out.Name())
	if err != nil {
		return Usage{}, printed, fmt.Errorf("%s: %w: %s", filepath.Base(c.Argv[0]), err, tool.LastLine(printed))
	}
	return u, printed, readErr
}

// peakEvery is how often the memory of a process is read. What it takes in the last
// moment before its end is missed.
const peakEvery = 5 * time.Millisecond

// watchPeak reads the peak of the resident memory of a process until the result is called.
// That of rusage is useless here: it begins with the memory of the process that forked.
func watchPeak(pid int) (peak func() int64) {
	stop, result := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(peakEvery)
		defer tick.Stop()
		var last int64
		for {
			if n, err := readPeak(pid); err == nil {
				last = n
			}
			select {
			case <-tick.C:
			case <-stop:
				result <- last
				return
			}
		}
	}()
	return func() int64 { close(stop); return <-result }
}

var errNoPeak = errors.New("no VmHWM: the process has ended")

func readPeak(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parsePeak(string(status))
}

// parsePeak finds VmHWM in the status of a process, and returns it in bytes.
func parsePeak(status string) (int64, error) {
	for line := range strings.Lines(status) {
		value, ok := strings.CutPrefix(line, "VmHWM:")
		if !ok {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		return kib << 10, err
	}
	return 0, errNoPeak
}
