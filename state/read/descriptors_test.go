package read_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

const diskText = "# Disk DescriptorFile\nversion=1\n\n# Extent description\nRW 83886080 VMFS \"web-flat.vmdk\"\n"

// Of a first set there is nothing to compare with: what it says of itself tells.
func TestSource_findsDisksThatAreNamedAndAbsent(t *testing.T) {
	for name, c := range map[string]struct {
		files            map[string]string
		lacks, lacksDisk string
	}{
		"whole":              {map[string]string{"web.vmdk": diskText, "web-flat.vmdk": "x"}, "", ""},
		"no extent":          {map[string]string{"web.vmdk": diskText}, "web.vmdk names web-flat.vmdk, which is not in the set", ""},
		"in a folder":        {map[string]string{"d/web.vmdk": diskText, "web-flat.vmdk": "x"}, "d/web.vmdk names d/web-flat.vmdk, which is not in the set", ""},
		"in capitals":        {map[string]string{"web.vmdk": diskText, "WEB-flat.vmdk": "x"}, "", ""},
		"ignored":            {map[string]string{"web.vmdk": strings.ReplaceAll(diskText, "web-flat", "skip-flat")}, "", ""},
		"the disk itself":    {map[string]string{"web.vmdk": "KDMV" + diskText}, "", ""},
		"too large for text": {map[string]string{"web.vmdk": diskText + strings.Repeat("#\n", 40_000)}, "", ""},
		"no disk":            {map[string]string{"web.vmx": "scsi0:0.fileName = \"web.vmdk\"\n"}, "", "web.vmx names web.vmdk, which is not in the set"},
		"a disk elsewhere":   {map[string]string{"web.vmx": "scsi0:1.fileName = \"/vmfs/volumes/ds2/web/data.vmdk\"\n"}, "", ""},
		"a CD":               {map[string]string{"web.vmx": "ide1:0.fileName = \"linux.iso\"\nsata0:0.filename = \"auto detect\"\n"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			old := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
			store := mem.New(func() time.Time { return old })
			for f, text := range c.files {
				store.Plant(providers.File{Path: "web/2026-11-20-010000/" + f, ModTime: old}, []byte(text))
			}
			layout, _ := state.ParseLayout(state.DefaultLayout)
			inv := read.Source(t.Context(), store, config.Source{Name: "vmx", Layout: layout, Ignore: []string{"skip-*"}}, old.AddDate(0, 0, 1))
			if inv.Err != nil || len(inv.Sets) != 1 || inv.Sets[0].State != state.Complete {
				t.Fatalf("got %+v", inv)
			}
			if s := inv.Sets[0]; s.Lacks != c.lacks || s.LacksDisk != c.lacksDisk {
				t.Errorf("got %q and %q, want %q and %q", s.Lacks, s.LacksDisk, c.lacks, c.lacksDisk)
			}
		})
	}
}
