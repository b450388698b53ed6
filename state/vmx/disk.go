package vmx

import (
	"fmt"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/state"
)

// disk checks one disk: its extents, and its parent.
func (c *check) disk(d *descriptor) {
	if d.onLUN() {
		c.find(Finding{Path: d.path, Text: "it is a raw device mapping: the data of this disk is on a LUN, and not in the set", Hint: "Map the LUN again, or remove the disk before the VM is registered.", Note: true})
		return
	}
	if len(d.extents) == 0 {
		c.find(Finding{Path: d.path, Text: "it names no extent", Hint: brokenHint})
	}
	for _, e := range d.extents {
		c.extent(d, e)
	}
	if d.isSnapshot() {
		c.parent(d)
	}
}

// extent checks the file of an extent.
func (c *check) extent(d *descriptor, e extent) {
	if e.kind == "ZERO" {
		return
	}
	f, ok := c.at(d.beside(e.file))
	switch {
	case d.embedded:
		f, ok = c.at(d.path) // the disk may have another name since
	case strings.ContainsAny(e.file, `/\`) || !ok:
		c.named(d.path, e.line, e.file, "it names", brokenHint)
		return
	}
	if !ok {
		return
	}
	switch e.kind {
	case "FLAT", "VMFS":
		c.flat(d, e, f)
	case "SPARSE":
		c.sparse(d, e, f, parseHosted)
	case "VMFSSPARSE":
		c.sparse(d, e, f, parseCOWD)
	case "SESPARSE":
		c.sparse(d, e, f, parseSE)
	}
}

// flat compares the size of an extent without a header of its own.
func (c *check) flat(d *descriptor, e extent, f File) {
	want := (e.first + e.sectors) * sector
	if f.Size < want || f.Size > want && e.kind == "VMFS" && e.first == 0 {
		c.find(Finding{Path: d.path, Line: e.line, Text: fmt.Sprintf("it states %d bytes for %s, which has %d", want, f.Path, f.Size), Hint: brokenHint})
	}
}

// parent checks the disk that a snapshot builds on, and only that: its own parent is its own
// affair, but for a chain that has no end.
func (c *check) parent(d *descriptor) {
	if d.hint.value == "" {
		c.find(Finding{Path: d.path, Line: d.parent.line, Text: "it is a snapshot, and names no parent", Hint: parentHint})
		return
	}
	p := c.parentOf(d)
	switch {
	case p == nil:
		c.named(d.path, d.hint.line, d.hint.value, "it is a snapshot of", parentHint)
		return
	case strings.ContainsAny(d.hint.value, `/\`):
		c.named(d.path, d.hint.line, d.hint.value, "it is a snapshot of", parentHint)
	}
	if !strings.EqualFold(p.cid.value, d.parent.value) {
		c.find(Finding{Path: d.path, Line: d.parent.line, Text: fmt.Sprintf("its parent %s has CID %s, and it wants %s: the parent was changed after the snapshot", p.path, p.cid.value, d.parent.value),
			Hint: "If the set was made in one go, put that CID into this line (keep a copy of the file); else take another set."})
	}
	for at, depth := p, 1; at != nil && at.isSnapshot(); at, depth = c.parentOf(at), depth+1 {
		if at == d || depth > maxDepth {
			c.find(Finding{Path: d.path, Line: d.hint.line, Text: "its chain of snapshots has no end", Hint: parentHint})
			return
		}
	}
}

const parentHint = "Without its parent a snapshot is of no use: restore the set with all of its disks, or take another set."

// parentOf is the disk that a snapshot builds on, if the set has it.
func (c *check) parentOf(d *descriptor) *descriptor {
	name := d.hint.value
	return c.disks[state.Folded(path.Join(path.Dir(d.path), name[strings.LastIndexAny(name, `/\`)+1:]))]
}
