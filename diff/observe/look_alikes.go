package observe

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/state"
)

// countLookAlikes prepares mayBeLink for servers that list a link as what it points
// to: measured on Twisted, where a delete through one emptied another VM's set.
func countLookAlikes(inv state.Inventory) map[string]int {
	if !inv.LinksHidden {
		return nil
	}
	all := map[string]int{}
	for _, s := range inv.Sets {
		if !s.Marked {
			all[looks(s)]++
		}
	}
	return all
}

// looks is all that a listing shows of a set's files.
func looks(s state.Set) string {
	var b strings.Builder
	for _, f := range s.Files {
		fmt.Fprintf(&b, "%q %d %d\n", f.Path, f.Size, f.ModTime.Unix())
	}
	return b.String()
}
