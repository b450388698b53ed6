package vmx

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// descriptor is what the descriptor of a disk says.
type descriptor struct {
	path     string
	embedded bool   // in the disk that it describes
	kind     string // createType
	cid      setting
	parent   setting // parentCID
	hint     setting // parentFileNameHint
	extents  []extent
}

// extent is one part of a disk.
type extent struct {
	sectors int64
	kind    string // VMFS, FLAT, SPARSE, VMFSSPARSE, SESPARSE, ZERO, VMFSRDM, ...
	file    string // "" of ZERO
	first   int64  // sector of the file at which it begins
	line    int
}

const sector = 512

var (
	descriptorLine = regexp.MustCompile(`^\s*([A-Za-z]+)\s*=\s*"?([^"]*?)"?\s*$`)
	extentLine     = regexp.MustCompile(`^\s*(?:RW|RDONLY|NOACCESS)\s+(\d{1,15})\s+([A-Z0-9]+)(?:\s+"([^"]*)"(?:\s+(\d{1,15}))?)?\s*`)
)

// descriptorHead begins each descriptor; some tools write it in other letters.
const descriptorHead = "# disk descriptorfile"

func isDescriptor(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n\ufeff")
	return len(text) >= len(descriptorHead) && strings.EqualFold(text[:len(descriptorHead)], descriptorHead)
}

// parseDescriptor reads the text of a descriptor. Lines that are not understood are left
// out.
func parseDescriptor(p, text string) *descriptor {
	d := &descriptor{path: p}
	if i := strings.IndexByte(text, 0); i >= 0 { // padding of one that is embedded
		text = text[:i]
	}
	text, _ = decode(text, encodingOf(text, descriptorEncoding))
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if part := extentLine.FindStringSubmatch(line); part != nil {
			e := extent{kind: part[2], file: part[3], line: i + 1}
			e.sectors, _ = strconv.ParseInt(part[1], 10, 64)
			e.first, _ = strconv.ParseInt(part[4], 10, 64)
			d.extents = append(d.extents, e)
			continue
		}
		if part := descriptorLine.FindStringSubmatch(line); part != nil {
			d.note(strings.ToLower(part[1]), setting{part[2], i + 1})
		}
	}
	return d
}

func (d *descriptor) note(key string, s setting) {
	switch key {
	case "createtype":
		d.kind = s.value
	case "cid":
		d.cid = s
	case "parentcid":
		d.parent = s
	case "parentfilenamehint":
		d.hint = s
	}
}

// noParent is the parentCID of a disk without one.
const noParent = "ffffffff"

// isSnapshot reports whether the disk holds only what changed since its parent.
func (d *descriptor) isSnapshot() bool {
	return d.parent.value != "" && !strings.EqualFold(d.parent.value, noParent)
}

// onLUN reports whether the data of the disk is on a LUN.
func (d *descriptor) onLUN() bool { return strings.Contains(strings.ToLower(d.kind), "rawdevicemap") }

// beside is the path of a file that the descriptor names.
func (d *descriptor) beside(name string) string { return path.Join(path.Dir(d.path), name) }

// descriptor reads that of a disk: its own file, or what is embedded in a sparse disk.
func (c *check) descriptor(f File) (*descriptor, bool) {
	head, ok := c.text(f, 0, headBytes)
	switch {
	case !ok:
		return nil, false
	case isDescriptor(head) && f.Size <= maxText:
		if f.Size > headBytes {
			if head, ok = c.text(f, 0, maxText); !ok {
				return nil, false
			}
		}
		return parseDescriptor(f.Path, head), true
	}
	h, ok := parseHosted(head)
	if !ok || h.descriptorSectors == 0 || h.descriptorSectors*sector > maxText {
		return nil, false
	}
	text, ok := c.text(f, h.descriptorAt*sector, int(h.descriptorSectors*sector))
	if !ok || !isDescriptor(text) {
		return nil, false
	}
	d := parseDescriptor(f.Path, text)
	d.embedded = true
	return d, true
}
