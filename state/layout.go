package state

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ncruces/go-strftime"
)

// DefaultLayout is how VM Explorer names its backups.
const DefaultLayout = "{vm}/%Y-%m-%d-%H%M%S"

// Layout maps the path of a set under its root to its Key and back, exactly:
// a path that does not print back to itself is none of this layout. The zero
// value is invalid; ParseLayout makes layouts.
type Layout struct {
	text     string
	segments []segment
}

// segment is one element of the path.
type segment struct {
	match *regexp.Regexp
	verbs string // one letter for each group of match; 'v' stands for {vm}
}

// verbs are the strftime conversions allowed in a layout, all of fixed width.
// %F and %T are written out before a layout is compiled.
var verbs = map[byte]string{
	'Y': `(\d{4})`, 'y': `(\d{2})`, 'm': `(\d{2})`, 'd': `(\d{2})`, 'j': `(\d{3})`,
	'H': `(\d{2})`, 'M': `(\d{2})`, 'S': `(\d{2})`,
}

// ParseLayout reads a layout such as "{vm}/%Y-%m-%d-%H%M%S": 1 to 4 path
// segments, {vm} at least once, and year, month and day (or day of the year).
func ParseLayout(text string) (Layout, error) {
	l := Layout{text: text}
	written := strings.NewReplacer("%%", "%%", "%F", "%Y-%m-%d", "%T", "%H:%M:%S").Replace(text)
	parts := strings.Split(written, "/")
	if len(parts) > 4 {
		return Layout{}, fmt.Errorf("%d path segments, at most 4 are possible", len(parts))
	}
	for _, part := range parts {
		s, err := compileSegment(part)
		if err != nil {
			return Layout{}, err
		}
		l.segments = append(l.segments, s)
	}
	return l, l.check()
}

func compileSegment(part string) (segment, error) {
	if part == "" || part == "." || part == ".." {
		return segment{}, errors.New("an empty path segment, or one of dots")
	}
	var s segment
	expr := "^"
	for rest := part; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "{vm}"):
			expr, s.verbs, rest = expr+"(.+)", s.verbs+"v", rest[4:]
		case strings.HasPrefix(rest, "%%"):
			expr, rest = expr+"%", rest[2:]
		case rest[0] == '%':
			if len(rest) < 2 || verbs[rest[1]] == "" {
				return segment{}, fmt.Errorf("%.2q is not a verb of a layout: use %%Y %%m %%d %%H %%M %%S %%y %%j %%F %%T %%%%", rest)
			}
			expr, s.verbs, rest = expr+verbs[rest[1]], s.verbs+rest[1:2], rest[2:]
		case rest[0] == '{' || rest[0] == '}':
			return segment{}, errors.New("a brace that is not part of {vm}")
		default:
			expr, rest = expr+regexp.QuoteMeta(rest[:1]), rest[1:]
		}
	}
	match, err := regexp.Compile("(?s)" + expr + "$")
	s.match = match
	return s, err
}

func (l Layout) check() error {
	fields := l.fields()
	switch {
	case !strings.Contains(l.text, "{vm}"):
		return errors.New("{vm} is missing")
	case !strings.ContainsAny(fields, "Yy"):
		return errors.New("the year is missing: %Y")
	case !strings.Contains(fields, "j") && !(strings.Contains(fields, "m") && strings.Contains(fields, "d")):
		return errors.New("the day is missing: %m and %d, or %j")
	}
	return nil
}

// fields are the verbs in use, sorted, each once; %j counts as %m and %d too.
func (l Layout) fields() string {
	var all []byte
	for _, s := range l.segments {
		all = append(all, strings.ReplaceAll(s.verbs, "v", "")...)
	}
	if slices.Contains(all, 'j') {
		all = append(all, 'm', 'd')
	}
	if slices.Contains(all, 'Y') {
		all = append(all, 'y')
	}
	slices.Sort(all)
	return string(slices.Compact(all))
}

// Keeps reports whether l keeps every field of the time that o has, so that two
// sets of o never get one name in l.
func (l Layout) Keeps(o Layout) bool {
	fields := l.fields()
	for _, f := range o.fields() {
		if f != 'j' && !strings.ContainsRune(fields, f) {
			return false
		}
	}
	return true
}

// String is the text that ParseLayout read.
func (l Layout) String() string { return l.text }

// MarshalText and UnmarshalText let a layout stand in a plan as its text.
func (l Layout) MarshalText() ([]byte, error) { return []byte(l.text), nil }

// UnmarshalText is ParseLayout.
func (l *Layout) UnmarshalText(text []byte) error {
	parsed, err := ParseLayout(string(text))
	*l = parsed
	return err
}

// Depth is the number of path segments.
func (l Layout) Depth() int { return len(l.segments) }

// IsVM reports whether the path element of that depth, from 1, is the name of the VM and
// nothing else.
func (l Layout) IsVM(depth int) bool {
	elements := strings.Split(l.text, "/")
	return depth <= len(elements) && elements[depth-1] == "{vm}"
}

// Path is where the set of that key lies under the root.
func (l Layout) Path(k Key) string {
	elements := strings.Split(strftime.Format(strings.ReplaceAll(l.text, "{vm}", "\x00"), k.Stamp.Civil()), "/")
	for i := range elements {
		elements[i] = strings.ReplaceAll(elements[i], "\x00", k.VM)
	}
	return path.Join(elements...)
}

// Key reads the path of a set. False means that the path is foreign.
func (l Layout) Key(p string) (Key, bool) {
	elements := strings.Split(p, "/")
	if len(elements) != len(l.segments) {
		return Key{}, false
	}
	var f fields
	for i, s := range l.segments {
		if !f.read(s, elements[i]) {
			return Key{}, false
		}
	}
	k, ok := f.key()
	return k, ok && l.Path(k) == p
}

// Fits reports whether a directory with those first path elements may lead to
// sets, and of which VM; the VM is "" where {vm} comes later.
func (l Layout) Fits(prefix string) (vm string, ok bool) {
	elements := strings.Split(prefix, "/")
	if len(elements) > len(l.segments) {
		return "", false
	}
	var f fields
	for i, element := range elements {
		if !f.read(l.segments[i], element) {
			return "", false
		}
	}
	return f.vm, true
}

// fields collects the values of the elements of a path.
type fields struct {
	vm                        string
	year, month, day, yearDay int
	hour, minute, second      int
}

func (f *fields) read(s segment, element string) bool {
	groups := s.match.FindStringSubmatch(element)
	if groups == nil {
		return false
	}
	for i, verb := range []byte(s.verbs) {
		if verb == 'v' {
			if f.vm != "" && f.vm != groups[i+1] {
				return false
			}
			f.vm = groups[i+1]
			continue
		}
		f.set(verb, digits(groups[i+1]))
	}
	return true
}

func (f *fields) set(verb byte, n int) {
	switch verb {
	case 'Y':
		f.year = n
	case 'y':
		if f.year == 0 {
			f.year = 2000 + n
		}
	case 'm':
		f.month = n
	case 'd':
		f.day = n
	case 'j':
		f.yearDay = n
	case 'H':
		f.hour = n
	case 'M':
		f.minute = n
	case 'S':
		f.second = n
	}
}

// key relies on the caller to prove it by printing: time.Date normalises what
// is no date.
func (f *fields) key() (Key, bool) {
	month, day := time.Month(f.month), f.day
	if f.month == 0 || f.day == 0 {
		month, day = time.January, f.yearDay
	}
	t := time.Date(f.year, month, day, f.hour, f.minute, f.second, 0, time.UTC)
	return Key{VM: f.vm, Stamp: NewStamp(t)}, f.year > 0 && t.Year() <= 9999
}

func digits(s string) int {
	n := 0
	for _, c := range []byte(s) {
		n = 10*n + int(c-'0')
	}
	return n
}
