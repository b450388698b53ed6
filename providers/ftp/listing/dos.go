package listing

import (
	"regexp"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// dosLine is the style of IIS. A size ends before the one blank in front of the
// name.
var dosLine = regexp.MustCompile(`^(\d{2}[-/]\d{2}[-/]\d{2,4}|\d{2}\.\d{2}\.\d{2,4}|\d{4}-\d{2}-\d{2})\s+(\d{1,2}:\d{2}(?:[AP]M)?)\s+(?:(<[A-Z]+>)( +)|(\d+) )(.*)$`)

// dosTimes have the month first, as IIS writes it whatever its language; the
// day where there is no such month, and between dots.
var dosTimes = []string{
	"01-02-06 03:04PM", "01-02-2006 03:04PM", "01-02-06 15:04", "01-02-2006 15:04", "2006-01-02 15:04", "2006-01-02 03:04PM",
	"02-01-06 03:04PM", "02-01-2006 03:04PM", "02-01-06 15:04", "02-01-2006 15:04", "02.01.06 15:04", "02.01.2006 15:04",
}

// dosKind is the width of the Column of "<DIR>".
const dosKind = len("<DIR>          ")

func parseDOS(line string) (f providers.File, err error) {
	m := dosLine.FindStringSubmatch(line)
	if m == nil {
		return f, ErrNotUnderstood
	}
	t, ok := parseAny(dosTimes, strings.ReplaceAll(m[1], "/", "-")+" "+m[2])
	if !ok {
		return f, ErrNotUnderstood
	}
	kind, pad, size, name := m[3], m[4], m[5], m[6]
	if wide := len(kind) + len(pad); wide > dosKind {
		name = pad[:min(wide-dosKind, len(pad))] + name
	}
	f = providers.File{Path: name, ModTime: t}
	switch kind {
	case "<DIR>":
		f.Kind = providers.Dir
	case "<JUNCTION>", "<SYMLINK>", "<SYMLINKD>":
		f.Kind = providers.Link
		f.Path, err = cutTarget(name, " [")
	case "":
		f.Kind = providers.Regular
		f.Size, err = Size(size)
	default:
		err = ErrNotUnderstood
	}
	return f, err
}
