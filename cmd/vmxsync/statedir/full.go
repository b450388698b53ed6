package statedir

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Full counts that a destination ran full once more, and returns how often it did in a
// row. If the count cannot be kept, it is 1.
func (d Dir) Full(location string) int {
	path, err := d.file("full", location, 32, "")
	if err != nil {
		return 1
	}
	times := timesFull(path) + 1
	if os.MkdirAll(filepath.Dir(path), 0o700) == nil {
		os.WriteFile(path, []byte(strconv.Itoa(times)+"\n"), 0o600)
	}
	return times
}

// NotFull ends the row.
func (d Dir) NotFull(location string) {
	if path, err := d.file("full", location, 32, ""); err == nil {
		os.Remove(path)
	}
}

// timesFull returns the count; 0 if there is none, or it cannot be read.
func timesFull(path string) int {
	data, _ := os.ReadFile(path)
	n, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return max(n, 0)
}
