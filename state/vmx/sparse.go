package vmx

import (
	"encoding/binary"
	"fmt"
)

// headBytes is how much of a disk is read for its header.
const headBytes = 4 << 10

// header is that of a sparse extent, in sectors.
type header struct {
	capacity          int64 // of the disk that it holds
	least             int64 // that the file has at least
	descriptorAt      int64
	descriptorSectors int64
}

// maxSectors is where a disk stops being plausible: 1 EiB.
const maxSectors = 1 << 51

func (h header) plausible() bool {
	return h.capacity >= 0 && h.capacity < maxSectors && h.least >= 0 && h.least < maxSectors &&
		h.descriptorAt >= 0 && h.descriptorAt < maxSectors && h.descriptorSectors >= 0 && h.descriptorSectors < maxSectors
}

// parseHosted reads the header of a sparse extent of VMware Workstation, and of OVF exports:
// "KDMV", version, flags, capacity, grain size, offset and size of the descriptor, entries of
// a table, redundant directory, directory, overhead.
func parseHosted(head string) (header, bool) {
	if len(head) < 79 || head[:4] != "KDMV" {
		return header{}, false
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64([]byte(head[i : i+8]))) }
	h := header{capacity: at(12), descriptorAt: at(28), descriptorSectors: at(36), least: at(64)}
	return h, h.plausible()
}

// parseCOWD reads the header of a snapshot of ESXi on VMFS 5: "COWD", version, flags, sectors,
// grain size, offset and entries of the directory.
func parseCOWD(head string) (header, bool) {
	if len(head) < 32 || head[:4] != "COWD" {
		return header{}, false
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint32([]byte(head[i : i+4]))) }
	h := header{capacity: at(12), least: at(20) + (at(24)*4+sector-1)/sector}
	return h, h.plausible()
}

// parseSE reads the header of a space-efficient snapshot of ESXi: 64-bit words, of which the
// third is the capacity and the 25th the offset of the grains.
func parseSE(head string) (header, bool) {
	const magic = 0xcafebabe
	word := func(i int) int64 { return int64(binary.LittleEndian.Uint64([]byte(head[8*i : 8*i+8]))) }
	if len(head) < 26*8 || word(0) != magic {
		return header{}, false
	}
	h := header{capacity: word(2), least: word(24)}
	return h, h.plausible()
}

// sparse compares the header of an extent with its descriptor, and with its size.
func (c *check) sparse(d *descriptor, e extent, f File, parse func(string) (header, bool)) {
	head, ok := c.text(f, 0, headBytes)
	if !ok {
		return
	}
	h, ok := parse(head)
	switch {
	case !ok:
		c.find(Finding{Path: f.Path, Text: fmt.Sprintf("it does not begin as an extent of type %s, which %s names it", e.kind, d.path), Hint: brokenHint})
	case h.capacity != e.sectors:
		c.find(Finding{Path: f.Path, Text: fmt.Sprintf("it is for a disk of %d bytes, and %s states %d", h.capacity*sector, d.path, e.sectors*sector), Hint: brokenHint})
	case f.Size < h.least*sector:
		c.find(Finding{Path: f.Path, Text: fmt.Sprintf("it has %d bytes, and needs %d for its tables alone", f.Size, h.least*sector), Hint: brokenHint})
	}
}

const brokenHint = "The backup program has not written the disk whole: take another set of the VM."
