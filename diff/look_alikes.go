package diff

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/state"
)

// countLookAlikes prepares mayBeLink for servers that list a link as what it points
// to: measured on Twisted, where a delete through one emptied another VM's set.
func (x *workIndex) countLookAlikes(inv state.Inventory) {
	if !inv.LinksHidden {
		return
	}
	x.lookAlikes = map[string]int{}
	for _, s := range inv.Sets {
		if !s.Marked {
			x.lookAlikes[looks(s)]++
		}
	}
}

// mayBeLink reports whether an unmarked set, or a folder in it, may be a link to the
// files of another. A set with a manifest need not be asked: the
// manifest names the set that it belongs to, and its files.
func (x *workIndex) mayBeLink(s state.Set) bool {
	return x.lookAlikes != nil && !s.Marked && (len(s.Dirs) > 0 || x.lookAlikes[looks(s)] > 1)
}

// looks is all that a listing shows of a set's files.
func looks(s state.Set) string {
	var b strings.Builder
	for _, f := range s.Files {
		fmt.Fprintf(&b, "%q %d %d\n", f.Path, f.Size, f.ModTime.Unix())
	}
	return b.String()
}
