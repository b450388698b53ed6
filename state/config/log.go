package config

import (
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Log is the file that an apply writes down what it does in.
type Log struct {
	File     string `json:"file"`      // absolute
	Level    string `json:"level"`     // the least important that is written: one of LogLevels
	Format   string `json:"format"`    // one of LogFormats
	MaxSize  int64  `json:"max_size"`  // bytes of one file
	MaxFiles int    `json:"max_files"` // with those that are full
}

// DefaultLog holds the values of attributes that a block leaves out.
func DefaultLog() Log { return Log{Level: "info", Format: "text", MaxSize: 10 << 20, MaxFiles: 10} }

// The limits of a log: a smaller file would be turned at every other line.
const (
	minLogSize  = 4 << 10
	maxLogFiles = 1000
)

// LogLevels are the levels, most important first.
func LogLevels() []string { return []string{"error", "warn", "info", "debug", "trace"} }

// LogFormats are the forms of a line.
func LogFormats() []string { return []string{"text", "json"} }

// Check reports all that is wrong, each with its attribute.
func (l Log) Check() []providers.Problem {
	var found problems
	if strings.TrimSpace(l.File) == "" || strings.Contains(l.File, "\x00") {
		found.add("file", "Invalid file name", "file: %q is not the name of a file.", l.File)
	}
	if !slices.Contains(LogLevels(), l.Level) {
		found.add("level", "Invalid level", "level: %q is not one of %s.", l.Level, listed(LogLevels()))
	}
	if !slices.Contains(LogFormats(), l.Format) {
		found.add("format", "Invalid format", "format: %q is not one of %s.", l.Format, listed(LogFormats()))
	}
	if l.MaxSize < minLogSize || l.MaxSize >= 1<<53 {
		found.add("max_size", "Invalid limit", "max_size: a file of the log has at least %s.", state.FormatBytes(minLogSize))
	}
	if l.MaxFiles < 1 || l.MaxFiles > maxLogFiles {
		found.add("max_files", "Invalid limit", "max_files: %d is not between 1 and %d.", l.MaxFiles, maxLogFiles)
	}
	return found
}
