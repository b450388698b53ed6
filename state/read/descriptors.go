package read

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Small text files of VMware name the files that hold the disks: a .vmdk that
// describes one names its extents, a .vmx its disks. Where such a file is not in
// the set, the set can hardly be restored.

const (
	// maxDescriptor is the size of the largest file that is read as text, in bytes:
	// ESXi writes descriptors below 2 KiB and .vmx files below 10 KiB.
	maxDescriptor = 64 << 10
	// maxDescriptors is how many of them are read of one set.
	maxDescriptors = 32
)

var (
	extentLine = regexp.MustCompile(`(?m)^\s*(?:RW|RDONLY|NOACCESS)\s+\d+\s+[A-Z0-9]+\s+"([^"\r\n]+)"`)
	diskLine   = regexp.MustCompile(`(?mi)^\s*(?:scsi|sata|ide|nvme)\d+:\d+\.filename\s*=\s*"([^"\r\n]+\.vmdk)"`)
)

// namedDisks are the files that a descriptor of that name names, from its own folder.
func namedDisks(name string, text string) []string {
	line := diskLine
	if strings.EqualFold(path.Ext(name), ".vmdk") {
		line = extentLine
		if !strings.HasPrefix(strings.TrimSpace(text), "# Disk DescriptorFile") {
			return nil // the disk itself
		}
	}
	var disks []string
	for _, m := range line.FindAllStringSubmatch(text, -1) {
		if !strings.ContainsAny(m[1], `/\`) { // elsewhere, on another datastore
			disks = append(disks, path.Join(path.Dir(name), m[1]))
		}
	}
	return disks
}

// missingDisks finds which disk file the descriptors of a set at a source name and the
// set lacks, as the text of a problem: those of disks give lacks, a .vmx gives
// lacksDisk; "" where nothing is missing. A file that cannot be read is skipped.
func missingDisks(ctx context.Context, store providers.Store, s state.Set, ignore []string) (lacks, lacksDisk string) {
	read := 0
	for _, f := range s.Files {
		ext := strings.ToLower(path.Ext(f.Path))
		if ext != ".vmx" && ext != ".vmdk" || f.Size > maxDescriptor || read == maxDescriptors {
			continue
		}
		read++
		data, err := File(ctx, store, path.Join(s.Path, f.Path), maxDescriptor)
		if err != nil {
			continue
		}
		missing := firstMissing(s.Files, namedDisks(f.Path, string(data)), ignore)
		switch {
		case missing == "":
		case ext == ".vmdk" && lacks == "":
			lacks = fmt.Sprintf("%s names %s, which is not in the set", f.Path, missing)
		case ext == ".vmx" && lacksDisk == "":
			lacksDisk = fmt.Sprintf("%s names %s, which is not in the set", f.Path, missing)
		}
	}
	return lacks, lacksDisk
}

func firstMissing(files []state.File, names, ignore []string) string {
	for _, name := range names {
		there := slices.ContainsFunc(files, func(f state.File) bool { return strings.EqualFold(f.Path, name) })
		if !there && !config.Ignored(ignore, name) {
			return name
		}
	}
	return ""
}
