package machine

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Describe describes where the figures come from, in one line.
func Describe() string {
	return fmt.Sprintf("%s, %s, Linux %s, %s", cores(runtime.NumCPU()), cpu(readText("/proc/cpuinfo")),
		firstLine(readText("/proc/sys/kernel/osrelease")), distribution(readText("/etc/os-release")))
}

// Load is the number of processes that ran or waited, in the mean of the last 1, 5 and 15
// minutes.
func Load() string {
	fields := strings.Fields(readText("/proc/loadavg"))
	if len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], " ")
}

func cores(n int) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", n)
}

// cpu is the name of the first processor in /proc/cpuinfo.
func cpu(info string) string { return valueOf(info, "model name", ":", runtime.GOARCH) }

// distribution is PRETTY_NAME of /etc/os-release.
func distribution(release string) string {
	return strings.Trim(valueOf(release, "PRETTY_NAME", "=", "unknown system"), `"`)
}

// valueOf finds a line "key SEP value".
func valueOf(text, key, sep, otherwise string) string {
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(line, sep); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

func readText(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

// Memory is a folder in memory, so that no disk is measured.
func Memory() string {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		return memory
	}
	return os.TempDir()
}
