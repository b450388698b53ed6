package logfile

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// Trace is the level below slog's.
const Trace = slog.LevelDebug - 4

// levels are those of config.LogLevels.
var levels = []slog.Level{slog.LevelError, slog.LevelWarn, slog.LevelInfo, slog.LevelDebug, Trace}

// Level is the one of that name; of no level, all is written.
func Level(name string) slog.Level {
	if i := slices.Index(config.LogLevels(), name); i >= 0 {
		return levels[i]
	}
	return Trace
}

// Logger writes lines in the format of the log, with its level and all that are
// more important. Texts are escaped: a log is read on a terminal.
func (f *File) Logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: Level(f.log.Level), ReplaceAttr: plain}
	if f.log.Format == "json" {
		return slog.New(slog.NewJSONHandler(f, options))
	}
	return slog.New(slog.NewTextHandler(f, options))
}

func plain(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case slog.Level:
		return slog.String(a.Key, nameOf(v))
	case error:
		return slog.String(a.Key, providers.Escape(v.Error()))
	case string:
		return slog.String(a.Key, providers.Escape(v))
	}
	return a
}

func nameOf(level slog.Level) string {
	if i := slices.Index(levels, level); i >= 0 {
		return config.LogLevels()[i]
	}
	return strings.ToLower(level.String())
}
