package listing

import (
	"regexp"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// totalLine heads the listings of ls, in the language of the server.
var totalLine = regexp.MustCompile(`^(?:total|totale|totaal|totalt|insgesamt|razem|i alt|yhteensä|итого|合計|总用量|總計|합계) \d+$`)

// LIST reads one line of LIST, for which there is no standard. Times
// without a zone are taken for UTC, those without a year for the last such day
// before now. What can be read in two ways is not understood.
func LIST(line string, now time.Time) (providers.File, error) {
	if totalLine.MatchString(line) {
		return providers.File{}, errNoEntry
	}
	switch mode, rest := Column(line); {
	case IsMode(mode):
		return parseUnix(mode, rest, now)
	case line[0] == '+':
		return parseEPLF(line)
	}
	return parseDOS(line)
}
