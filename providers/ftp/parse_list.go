package ftp

import (
	"regexp"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// The lines of LIST have no standard. Understood are those of ls, with the
// marks of SELinux, ACLs and extended attributes, ISO dates, and users with
// blanks in their names; and those of IIS in its DOS style.
var (
	unixLine = regexp.MustCompile(`^([-a-zA-Z])[-rwxsStTlL]{9}[.+@]?\s+(?:\S.*?\s+)??` +
		`(\d+|\d+,\s*\d+)\s+` +
		`([A-Z][a-z]{2}\s+\d{1,2}\s+(?:\d{1,2}:\d{2}|\d{4})|\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2}(?:\.\d+)?(?: [-+]\d{4})?)?) (.*)$`)
	dosLine   = regexp.MustCompile(`^(\d{2}-\d{2}-\d{2,4}|\d{4}-\d{2}-\d{2})\s+(\d{1,2}:\d{2}(?:[AP]M)?)\s+(<[A-Z]+>|\d+)\s+(\S.*)$`)
	totalLine = regexp.MustCompile(`^total \d+$`)
)

// parseLIST reads one line of LIST. Times without a zone are taken for UTC,
// those without a year for the last such day before now.
func parseLIST(line string, now time.Time) (providers.File, error) {
	if totalLine.MatchString(line) {
		return providers.File{}, errNoEntry
	}
	if m := unixLine.FindStringSubmatch(line); m != nil {
		return parseUnix(m[1], m[2], m[3], m[4], now)
	}
	if m := dosLine.FindStringSubmatch(line); m != nil {
		return parseDOS(m[1]+" "+m[2], m[3], m[4])
	}
	return providers.File{}, errNotUnderstood
}

func parseUnix(mode, size, date, name string, now time.Time) (f providers.File, err error) {
	f = providers.File{Path: name, Kind: kindOfMode(mode)}
	if f.ModTime, err = parseUnixTime(date, now); err != nil {
		return f, err
	}
	switch f.Kind {
	case providers.Regular:
		f.Size, err = parseSize(size)
	case providers.Link:
		f.Path, err = linkName(name)
	}
	return f, err
}

func kindOfMode(mode string) providers.Kind {
	switch mode {
	case "-":
		return providers.Regular
	case "d":
		return providers.Dir
	case "l":
		return providers.Link
	}
	return providers.Other
}

// linkName cuts the target off. With two arrows nobody can tell where.
func linkName(name string) (string, error) {
	const arrow = " -> "
	switch strings.Count(name, arrow) {
	case 0:
		return name, nil
	case 1:
		name, _, _ = strings.Cut(name, arrow)
		return name, nil
	}
	return "", errNotUnderstood
}

var isoTimes = []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05 -0700"}

func parseUnixTime(date string, now time.Time) (time.Time, error) {
	if t, ok := parseAny(isoTimes, date); ok {
		return t.UTC(), nil
	}
	date = strings.Join(strings.Fields(date), " ")
	if t, err := time.Parse("Jan 2 2006", date); err == nil {
		return t, nil
	}
	t, err := time.Parse("2006 Jan 2 15:04", "2000 "+date) // a leap year
	if err != nil {
		return time.Time{}, errNotUnderstood
	}
	return lastBefore(now.UTC().Add(24*time.Hour), t)
}

// lastBefore puts a day and time into the latest year that has it before the
// limit, which leaves room for a server in a zone ahead of UTC.
func lastBefore(limit time.Time, t time.Time) (time.Time, error) {
	for year := limit.Year(); year > limit.Year()-2; year-- {
		dated := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
		if dated.Day() == t.Day() && !dated.After(limit) {
			return dated, nil
		}
	}
	return time.Time{}, errNotUnderstood
}

func parseAny(layouts []string, value string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, value); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// dosTimes have the month first, as IIS writes it whatever its language.
var dosTimes = []string{
	"01-02-06 03:04PM", "01-02-2006 03:04PM", "01-02-06 15:04", "01-02-2006 15:04", "2006-01-02 15:04", "2006-01-02 03:04PM",
}

func parseDOS(date, what, name string) (f providers.File, err error) {
	f.Path = name
	t, ok := parseAny(dosTimes, date)
	if !ok {
		return f, errNotUnderstood
	}
	f.ModTime = t
	switch what {
	case "<DIR>":
		f.Kind = providers.Dir
	case "<JUNCTION>", "<SYMLINK>", "<SYMLINKD>":
		f.Kind = providers.Link
		f.Path, _, _ = strings.Cut(name, " [")
	default:
		f.Kind = providers.Regular
		f.Size, err = parseSize(what)
	}
	return f, err
}
