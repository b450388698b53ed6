package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// runLimit ends a program that hangs.
const runLimit = 20 * time.Minute

// usage is what a run took.
type usage struct {
	elapsed      time.Duration
	user, system time.Duration // of all its processes
	peak         int64         // resident memory of the largest one, in bytes
}

// command is one process to run.
type command struct {
	argv []string
	env  []string // added to an environment that has little else
}

// runCommands runs commands one after another in dir, and returns what they took together and
// what they printed.
func runCommands(ctx context.Context, dir string, commands []command) (usage, []byte, error) {
	var total usage
	var output []byte
	for _, c := range commands {
		u, printed, err := c.run(ctx, dir)
		output = append(output, printed...)
		if err != nil {
			return usage{}, output, err
		}
		total.elapsed += u.elapsed
		total.user += u.user
		total.system += u.system
		total.peak = max(total.peak, u.peak)
	}
	return total, output, nil
}

// run prints to a file: a pipe would make this process work as well.
func (c command) run(ctx context.Context, dir string) (usage, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	out, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return usage{}, nil, err
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC0", "HOME=" + dir}, c.env...)
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, nil, err
	}
	peak := watchPeak(cmd.Process.Pid)
	err = cmd.Wait()
	u := usage{elapsed: time.Since(begin), user: cmd.ProcessState.UserTime(), system: cmd.ProcessState.SystemTime(), peak: peak()}
	printed, readErr := os.ReadFile(out.Name())
	if err != nil {
		return usage{}, printed, fmt.Errorf("%s: %w: %s", filepath.Base(c.argv[0]), err, lastLine(printed))
	}
	return u, printed, readErr
}

func lastLine(printed []byte) string {
	printed = bytes.TrimSpace(printed)
	return string(printed[bytes.LastIndexByte(printed, '\n')+1:])
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
