package listing

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The times in the names of sets have no zone; if a source has no timezone, they are
// in the zone of the machine that reads them. A saved list therefore contains that
// zone.

// Zone is a time zone in a document: its IANA name, if that is known, and its rules.
type Zone struct {
	Name    string       `json:"name,omitempty"` // "Europe/Berlin"
	Changes []zoneChange `json:"changes"`        // oldest first
}

// zoneChange is the rule that holds from an instant on.
type zoneChange struct {
	From          time.Time `json:"from,omitzero"` // zero in the first
	OffsetSeconds int       `json:"offset_seconds"`
	Abbreviation  string    `json:"abbreviation"`
}

// zoneSince is the first year whose rules a document contains: older backups are in
// its oldest zone.
const zoneSince = 2000

// maxChanges bounds what is read of a zone; two a year are usual.
const maxChanges = 1000

// LocalZone returns the zone of this machine, with its rules until two years from now.
// lookup finds variables of the environment.
func LocalZone(now time.Time, lookup func(string) (string, bool)) Zone {
	z := Zone{Changes: zoneChanges(time.Local, now.AddDate(2, 0, 0))}
	for _, name := range zoneNames(lookup) {
		if loc, err := time.LoadLocation(name); err == nil && slices.Equal(zoneChanges(loc, now.AddDate(2, 0, 0)), z.Changes) {
			z.Name = name
			break
		}
	}
	return z
}

// zoneNames returns the names that the zone of this machine may have, the likeliest
// first: TZ, the target of /etc/localtime, and /etc/timezone of Debian.
func zoneNames(lookup func(string) (string, bool)) (names []string) {
	if tz, set := lookup("TZ"); set {
		return []string{zoneName(strings.TrimPrefix(tz, ":"))}
	}
	if target, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		names = append(names, zoneName(target))
	}
	if text, err := os.ReadFile("/etc/timezone"); err == nil {
		names = append(names, strings.TrimSpace(string(text)))
	}
	return append(names, "UTC")
}

// zoneName is the IANA name in the path of a zone file; another text is a name.
func zoneName(path string) string {
	if path == "" {
		return "UTC"
	}
	if _, name, ok := strings.Cut(path, "zoneinfo/"); ok {
		return strings.TrimPrefix(strings.TrimPrefix(name, "posix/"), "right/")
	}
	return path
}

// zoneChanges returns the rules of a zone until then.
func zoneChanges(loc *time.Location, until time.Time) []zoneChange {
	at := time.Date(zoneSince, 1, 1, 0, 0, 0, 0, loc)
	name, offset := at.Zone()
	changes := []zoneChange{{OffsetSeconds: offset, Abbreviation: name}}
	for len(changes) < maxChanges {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(until) {
			return changes
		}
		at = end
		name, offset = at.Zone()
		changes = append(changes, zoneChange{at.UTC(), offset, name})
	}
	return changes
}

// Location returns the zone of a document. The rules decide if there is no name, or
// this machine does not know it.
func (z Zone) Location() (*time.Location, error) {
	if z.Name != "" {
		if loc, err := time.LoadLocation(z.Name); err == nil {
			return loc, nil
		}
	}
	data, err := z.tzif()
	if err != nil {
		return nil, fmt.Errorf("its time zone %q: %w", z.Name, err)
	}
	return time.LoadLocationFromTZData(z.Name, data)
}

// tzif writes the rules as the file that RFC 8536 describes, in its version 2.
func (z Zone) tzif() ([]byte, error) {
	if len(z.Changes) == 0 || len(z.Changes) > maxChanges {
		return nil, errors.New("has no rules, or too many")
	}
	var kinds []zoneChange // without From
	var times, indexes, types, names []byte
	for i, c := range z.Changes {
		if c.OffsetSeconds <= -26*3600 || c.OffsetSeconds >= 26*3600 || len(c.Abbreviation) > 20 {
			return nil, fmt.Errorf("has the impossible offset %d", c.OffsetSeconds)
		}
		if i > 0 && !c.From.After(z.Changes[i-1].From) {
			return nil, errors.New("has rules that are not in order")
		}
		kind := zoneChange{OffsetSeconds: c.OffsetSeconds, Abbreviation: c.Abbreviation}
		index := slices.Index(kinds, kind)
		if index < 0 {
			if index = len(kinds); index == 100 {
				return nil, errors.New("has too many offsets")
			}
			kinds = append(kinds, kind)
			types = binary.BigEndian.AppendUint32(types, uint32(int32(c.OffsetSeconds)))
			types = append(types, 0, byte(len(names)))
			names = append(append(names, c.Abbreviation...), 0)
		}
		if i > 0 {
			times = binary.BigEndian.AppendUint64(times, uint64(c.From.Unix()))
			indexes = append(indexes, byte(index))
		}
	}
	if len(names) > 255 {
		return nil, errors.New("has too many names")
	}
	header := func(transitions, kinds, chars int) []byte {
		h := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, transitions, kinds, chars} {
			h = binary.BigEndian.AppendUint32(h, uint32(n))
		}
		return h
	}
	return slices.Concat(header(0, 0, 0), header(len(indexes), len(kinds), len(names)), times, indexes, types, names, []byte("\n\n")), nil
}
