package report

import "log/slog"

// keptLines is how many lines of the output of a program are kept in case it fails.
const keptLines = 50

// Echo prints the output of a program that runs for the user. With -quiet it is printed only
// if the program fails.
type Echo struct {
	out    Output
	prefix string // of each line
	kept   []string
}

// NewEcho returns an Echo whose lines begin with a prefix.
func NewEcho(out Output, prefix string) *Echo { return &Echo{out: out, prefix: prefix} }

// Line prints or keeps a line.
func (e *Echo) Line(line string) {
	if e.out.Silent() {
		e.kept = append(e.kept, line)
		e.kept = e.kept[max(0, len(e.kept)-keptLines):]
		e.out.LogOnly(slog.LevelInfo, e.prefix+line)
		return
	}
	e.out.Logf(slog.LevelInfo, "%s%s", e.prefix, line)
}

// Failed prints the lines that were kept.
func (e *Echo) Failed() {
	for _, line := range e.kept {
		e.out.Logf(slog.LevelWarn, "%s%s", e.prefix, line)
	}
}
