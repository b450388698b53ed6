package likeness

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Likeness is what a set has in common with the other sets of its VM: how many
// bytes it holds, and what kinds of files.
type Likeness struct {
	Stamp state.Stamp
	Bytes int64 // negative: not known
	// kinds counts the files by name, dates left out; nil where a set has too
	// many files to be the files of a VM.
	kinds map[string]int
}

// maxKinds is the most files of a set whose names are compared: a VM has a
// dozen, and a set of a million files must not cost a gigabyte.
const maxKinds = 10_000

// Of leaves out the files that are ignored by now.
func Of(stamp state.Stamp, files []state.File, ignore []string) Likeness {
	l := Likeness{Stamp: stamp}
	if len(files) <= maxKinds {
		l.kinds = make(map[string]int, len(files))
	}
	unknown := false
	for _, f := range files {
		if config.Ignored(ignore, f.Path) {
			continue
		}
		if f.Size < 0 {
			unknown = true
		}
		l.Bytes += f.Size
		if l.kinds != nil && !comesAndGoes(f.Path) {
			l.kinds[undated(f.Path)]++
		}
	}
	if unknown {
		l.Bytes = -1
	}
	return l
}

// Unlike returns how a set falls short of those that it is compared with; "" if it
// does not, or there are none. It has less than percent of the median bytes, or
// lacks a file that at least half of them have.
func (l Likeness) Unlike(measure *Measure, percent int) string {
	if measure.sets == 0 {
		return ""
	}
	if name, in := measure.lacking(l); name != "" {
		if measure.sets == 1 {
			return fmt.Sprintf("without %s, which %s has", name, measure.first)
		}
		return fmt.Sprintf("without %s, which %d of %d other sets have", name, in, measure.sets)
	}
	if median := measure.bytes.upper(); l.Bytes >= 0 && below(l.Bytes, median, percent) {
		return fmt.Sprintf("%s, where %s is usual", state.FormatBytes(l.Bytes), state.FormatBytes(median))
	}
	return ""
}

// below reports whether n is less than percent of a number, without overflow.
func below(n, of int64, percent int) bool {
	return float64(n)*100 < float64(of)*float64(percent)
}

// Alike reports whether neither of two sets falls short of the other.
func (l Likeness) Alike(o Likeness, percent int) bool {
	return l.Unlike(MeasureOf(o), percent) == "" && o.Unlike(MeasureOf(l), percent) == ""
}

// date is a date in a name, with a time behind it or not, as backup programs
// write them: 2026-11-21, 20261121T010000, 2026_11_21-01_00_00; or seconds
// since 1970.
var date = regexp.MustCompile(`((19|20)\d\d[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])([-_T. ]?([01]\d|2[0-3])[-_:.h]?[0-5]\d([-_:.m]?[0-5]\d)?)?Z?|1\d{9})`)

// undated is a name in which each date is "DATE".
func undated(name string) string {
	if !strings.ContainsAny(name, "12") {
		return name
	}
	return date.ReplaceAllString(name, "DATE")
}

// passing are the endings of files that a running VM has at one time and not at
// another: logs, swap, memory, and the layers of snapshots.
var passing = []string{".log", ".hlog", ".txt", ".vswp", ".lck", ".tmp", ".scoreboard", ".vmss", ".vmsn", ".vmem", "-ctk.vmdk"}

// layer is a disk file that a snapshot writes to.
var layer = regexp.MustCompile(`-\d{6}(-delta|-sesparse)?\.vmdk$`)

func comesAndGoes(name string) bool {
	base := strings.ToLower(path.Base(name))
	return slices.ContainsFunc(passing, func(ending string) bool { return strings.HasSuffix(base, ending) }) ||
		strings.HasSuffix(base, ".vmdk") && layer.MatchString(base)
}
