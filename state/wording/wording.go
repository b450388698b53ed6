package wording

import (
	"fmt"
	"strings"
	"time"

	"github.com/agext/levenshtein"
)

// Count is "1 set" or "2 sets".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// CountIs is "1 set is" or "2 sets are".
func CountIs(n int, noun string) string {
	if n == 1 {
		return Count(n, noun) + " is"
	}
	return Count(n, noun) + " are"
}

// Pick is the first text for one, and the second for none and for many.
func Pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Are is "is" for one, and "are" for none and for many.
func Are(n int) string { return Pick(n, "is", "are") }

// Them is "it" for one, and "them" for none and for many.
func Them(n int) string { return Pick(n, "it", "them") }

// Nearest is the one of the known names that was probably meant: at most two letters
// are different. It is "" if there is none.
func Nearest(given string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := levenshtein.Distance(given, k, nil); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// Capital is a text with its first letter in upper case.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Minute is a time as people write it, in the zone of this machine.
func Minute(at time.Time) string { return at.Local().Format("2006-01-02 15:04") }

// Quoted puts a path between quotes for a shell. Nothing in it is escaped, because a
// backslash is part of a path on Windows.
func Quoted(path string) string { return `"` + path + `"` }

// Seconds is a duration as people read it: with tenths below a minute.
func Seconds(d time.Duration) string {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
