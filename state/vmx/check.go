package vmx

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state"
)

// File is one file of a set.
type File struct {
	Path string // from the folder of the set
	Size int64  // bytes
}

// Reader reads a file of the set from an offset on, at most n bytes.
type Reader func(path string, offset int64, n int) ([]byte, error)

// Finding is what speaks against the VM of a set.
type Finding struct {
	Path string // of the file that shows it, from the folder of the set; may be hostile
	Line int    // in it, from 1; 0: the file as a whole
	Text string // part of a sentence; may hold hostile names
	Hint string // the way out
	Note bool   // worth knowing, and no fault
}

// String is the place and what is wrong there.
func (f Finding) String() string {
	switch {
	case f.Path == "":
		return f.Text
	case f.Line == 0:
		return f.Path + ": " + f.Text
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Text)
}

// What is read of a set at most.
const (
	maxText  = 64 << 10 // bytes of a .vmx or a descriptor: ESXi writes a few KiB
	maxFiles = 256      // files that are opened
	maxDepth = 64       // disks in a chain of snapshots: ESXi allows 32
)

// Check returns what speaks against the VMs of a set, by path and line. Names are compared
// without regard to case.
func Check(files []File, read Reader) []Finding {
	c := &check{read: read, files: map[string]File{}, disks: map[string]*descriptor{}, extents: map[string]bool{}}
	for _, f := range files {
		c.files[state.Folded(f.Path)] = f
	}
	c.parse(files)
	for _, m := range c.machines {
		c.machine(m)
	}
	for _, d := range c.sorted() {
		c.disk(d)
	}
	c.orphans(files)
	slices.SortStableFunc(c.found, func(a, b Finding) int {
		if a.Path != b.Path {
			return strings.Compare(a.Path, b.Path)
		}
		return a.Line - b.Line
	})
	return slices.Compact(c.found)
}

// check is one set.
type check struct {
	read     Reader
	opened   int
	files    map[string]File        // by folded path
	machines []*machine             // that a .vmx describes
	disks    map[string]*descriptor // by folded path
	extents  map[string]bool        // folded paths that a descriptor names
	found    []Finding
}

// parse reads the .vmx files and the descriptors of a set.
func (c *check) parse(files []File) {
	if !slices.ContainsFunc(files, func(f File) bool { return ext(f.Path) == ".vmx" }) {
		c.find(Finding{Text: "the set holds no .vmx", Hint: "Make a new VM with the same firmware and controllers, and attach the disks of the set to it."})
	}
	for _, f := range files {
		switch ext(f.Path) {
		case ".vmx":
			if text, ok := c.text(f, 0, maxText); ok {
				c.machines = append(c.machines, parseMachine(f.Path, text))
			}
		case ".vmdk":
			if _, is := partOf(f.Path); is {
				continue
			}
			if d, ok := c.descriptor(f); ok {
				c.disks[state.Folded(f.Path)] = d
			}
		}
	}
	for _, d := range c.disks {
		for _, e := range d.extents {
			c.extents[state.Folded(d.beside(e.file))] = true
		}
	}
}

// text reads the text of a file. One that cannot be read is a finding.
func (c *check) text(f File, offset int64, most int) (string, bool) {
	if c.opened++; c.opened > maxFiles {
		if c.opened == maxFiles+1 {
			c.find(Finding{Text: fmt.Sprintf("the set has more than %d files of VMs: the others are not checked", maxFiles), Note: true})
		}
		return "", false
	}
	data, err := c.read(f.Path, offset, most)
	if err != nil {
		c.find(Finding{Path: f.Path, Text: fmt.Sprintf("it could not be read: %v", err), Hint: "Check the set with vmxsync restore or verify."})
		return "", false
	}
	return string(data), true
}

// holdsData reports whether a part of a disk holds what is written to it.
func holdsData(p string) bool {
	p = strings.ToLower(p)
	return strings.HasSuffix(p, "-flat.vmdk") || strings.HasSuffix(p, "-delta.vmdk") || strings.HasSuffix(p, "-sesparse.vmdk")
}

func (c *check) find(f Finding) { c.found = append(c.found, f) }

// at is the file of that path, if the set has it.
func (c *check) at(p string) (File, bool) {
	f, ok := c.files[state.Folded(p)]
	return f, ok
}

// sorted are the descriptors by path.
func (c *check) sorted() []*descriptor {
	var all []*descriptor
	for _, d := range c.disks {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *descriptor) int { return strings.Compare(a.path, b.path) })
	return all
}

// orphans are parts of disks whose descriptor is missing.
func (c *check) orphans(files []File) {
	for _, f := range files {
		if ext(f.Path) != ".vmdk" || c.extents[state.Folded(f.Path)] || c.disks[state.Folded(f.Path)] != nil {
			continue
		}
		base, is := partOf(f.Path)
		if !is || !holdsData(f.Path) {
			continue
		}
		found := Finding{Path: f.Path, Text: fmt.Sprintf("no descriptor names it: %s.vmdk is missing", base), Hint: brokenHint}
		if strings.HasSuffix(strings.ToLower(f.Path), "-flat.vmdk") {
			found.Hint = fmt.Sprintf("Make one on the host: vmkfstools -c %d -d thin temp.vmdk, then put the name of this file into temp.vmdk.", f.Size)
		}
		c.find(found)
	}
}

// part is how ESXi names the files of a disk beside its descriptor: data, snapshots, the map
// of a LUN, and changed blocks.
var part = regexp.MustCompile(`(?i)^(.+)-(?:flat|delta|sesparse|rdmp?|ctk|[fs]\d{3})\.vmdk$`)

// partOf returns the name of a disk without .vmdk, and whether the file is a part of it and
// no descriptor.
func partOf(p string) (base string, is bool) {
	m := part.FindStringSubmatch(p)
	if m == nil {
		return "", false
	}
	return m[1], true
}

func ext(p string) string { return strings.ToLower(path.Ext(p)) }
