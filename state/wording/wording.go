package wording

import (
	"fmt"

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
