package vmx_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state/vmx"
)

// The shapes are those that ESXi 6 to 8 and VMware Workstation write, and VM Explorer copies:
// all files of a VM in one folder, the .vmx as it was at the host.
const bartVMX = `.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "19"
nvram = "Bart.nvram"
displayName = "Bart"
guestOS = "debian11-64"
firmware = "efi"
scsi0.virtualDev = "pvscsi"
scsi0.present = "TRUE"
scsi0:0.deviceType = "scsi-hardDisk"
scsi0:0.fileName = "Bart.vmdk"
scsi0:0.present = "TRUE"
sata0:0.deviceType = "cdrom-image"
sata0:0.fileName = "/vmfs/volumes/5f3c/iso/debian.iso"
sata0:0.present = "TRUE"
ide1:0.deviceType = "atapi-cdrom"
ide1:0.fileName = "emptyBackingString"
ide1:0.present = "TRUE"
scsi0:1.fileName = "old.vmdk"
scsi0:1.present = "FALSE"
floppy0.present = "FALSE"
sched.swap.derivedName = "/vmfs/volumes/5f3c/Bart/Bart-1234.vswp"
extendedConfigFile = "Bart.vmxf"
`

const sectors = 83886080

func disk(extent string) string {
	return "# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\nCID=fffffffe\nparentCID=ffffffff\nisNativeSnapshot=\"no\"\ncreateType=\"vmfs\"\n\n# Extent description\n" +
		extent + "\n\n# The Disk Data Base\n#DDB\n\nddb.adapterType = \"lsilogic\"\nddb.thinProvisioned = \"1\"\n"
}

func snapshot(cid, parentCID, parent, extent string) string {
	s := strings.NewReplacer("CID=fffffffe", "CID="+cid, "parentCID=ffffffff", "parentCID="+parentCID, `createType="vmfs"`, "createType=\"seSparse\"\nparentFileNameHint=\""+parent+"\"").Replace(disk(extent))
	return s
}

func words(n int, at map[int]uint64) string {
	b := make([]byte, 8*n)
	for i, v := range at {
		binary.LittleEndian.PutUint64(b[8*i:], v)
	}
	return string(b)
}

func seHead(capacity uint64) string {
	return words(512, map[int]uint64{0: 0xcafebabe, 1: 0x200000001, 2: capacity, 24: 100})
}

func cowdHead(capacity uint32) string {
	b := make([]byte, 2048)
	copy(b, "COWD")
	binary.LittleEndian.PutUint32(b[12:], capacity)
	binary.LittleEndian.PutUint32(b[20:], 4)
	binary.LittleEndian.PutUint32(b[24:], 256)
	return string(b)
}

// hosted is a monolithic sparse disk with its descriptor inside.
func hosted(capacity uint64, descriptor string) string {
	b := make([]byte, 21*512)
	copy(b, "KDMV")
	for at, v := range map[int]uint64{12: capacity, 20: 128, 28: 1, 36: 20, 56: 21, 64: 21} {
		binary.LittleEndian.PutUint64(b[at:], v)
	}
	copy(b[512:], descriptor)
	return string(b)
}

// set is the files of a set: a text, or the size of one whose bytes nobody may read.
type set map[string]any

func bart() set {
	return set{"Bart.vmx": bartVMX, "Bart.nvram": 270840, "Bart.vmsd": "", "Bart.vmxf": "<x/>",
		"Bart.vmdk": disk(fmt.Sprintf("RW %d VMFS \"Bart-flat.vmdk\"", sectors)), "Bart-flat.vmdk": sectors * 512}
}

func (s set) with(changes set) set {
	all := set{}
	for _, part := range []set{s, changes} {
		for p, f := range part {
			if all[p] = f; f == nil {
				delete(all, p)
			}
		}
	}
	return all
}

func (s set) check() []vmx.Finding {
	var files []vmx.File
	for p, f := range s {
		size, isSize := f.(int)
		if !isSize {
			size = len(f.(string))
		}
		files = append(files, vmx.File{Path: p, Size: int64(size)})
	}
	slices.SortFunc(files, func(a, b vmx.File) int { return strings.Compare(a.Path, b.Path) })
	return vmx.Check(files, func(p string, offset int64, n int) ([]byte, error) {
		text, small := s[p].(string)
		if !small {
			return nil, errors.New("it was not to be read")
		}
		text = text[min(int(offset), len(text)):]
		return []byte(text[:min(n, len(text))]), nil
	})
}

func TestCheck(t *testing.T) {
	withSnapshot := bart().with(set{
		"Bart.vmx":                  strings.Replace(bartVMX, `"Bart.vmdk"`, `"Bart-000002.vmdk"`, 1),
		"Bart-000001.vmdk":          snapshot("1a2b3c4d", "fffffffe", "Bart.vmdk", fmt.Sprintf("RW %d SESPARSE \"Bart-000001-sesparse.vmdk\"", sectors)),
		"Bart-000001-sesparse.vmdk": seHead(sectors) + strings.Repeat("x", 51200),
		"Bart-000002.vmdk":          snapshot("5e6f7a8b", "1A2B3C4D", "Bart-000001.vmdk", fmt.Sprintf("RW %d VMFSSPARSE \"Bart-000002-delta.vmdk\"", sectors)),
		"Bart-000002-delta.vmdk":    cowdHead(sectors) + strings.Repeat("x", 4096),
		"Bart-ctk.vmdk":             655872,
	})
	for name, c := range map[string]struct {
		set  set
		want []string // none: the VM is sound
	}{
		"sound":                    {bart(), nil},
		"with snapshots":           {withSnapshot, nil},
		"line ends of Windows":     {bart().with(set{"Bart.vmx": strings.ReplaceAll(bartVMX, "\n", "\r\n")}), nil},
		"in another case":          {bart().with(set{"Bart-flat.vmdk": nil, "BART-flat.vmdk": sectors * 512}), nil},
		"in a folder":              {set{"a/Bart.vmx": bartVMX, "a/Bart.nvram": 1, "a/Bart.vmdk": bart()["Bart.vmdk"], "a/Bart-flat.vmdk": sectors * 512}, nil},
		"BIOS without nvram":       {bart().with(set{"Bart.nvram": nil, "Bart.vmx": strings.Replace(bartVMX, `"efi"`, `"bios"`, 1)}), nil},
		"two flat extents":         {bart().with(set{"Bart.vmdk": disk("RW 100 FLAT \"Bart-flat.vmdk\" 0\nRW 50 FLAT \"Bart-flat.vmdk\" 100\nRW 8 ZERO"), "Bart-flat.vmdk": 150 * 512}), nil},
		"embedded descriptor":      {bart().with(set{"Bart-flat.vmdk": nil, "Bart.vmdk": hosted(4096, disk("RW 4096 SPARSE \"Bart.vmdk\""))}), nil},
		"embedded, and renamed":    {bart().with(set{"Bart-flat.vmdk": nil, "Bart.vmdk": hosted(4096, disk("RW 4096 SPARSE \"Homer.vmdk\""))}), nil},
		"raw device mapping":       {bart().with(set{"Bart-flat.vmdk": nil, "Bart.vmdk": strings.Replace(disk(`RW 4096 VMFSRDM "Bart-rdm.vmdk"`), `"vmfs"`, `"vmfsRawDeviceMap"`, 1)}), []string{"note: Bart.vmdk: it is a raw device mapping"}},
		"no disk":                  {bart().with(set{"Bart.vmdk": nil, "Bart-flat.vmdk": nil}), []string{"Bart.vmx:11: it names Bart.vmdk, which is not in the set"}},
		"no extent":                {bart().with(set{"Bart-flat.vmdk": nil}), []string{"Bart.vmdk:10: it names Bart-flat.vmdk, which is not in the set"}},
		"no descriptor":            {bart().with(set{"Bart.vmdk": nil}), []string{"Bart-flat.vmdk: no descriptor names it: Bart.vmdk is missing", "Bart.vmx:11: it names Bart.vmdk"}},
		"no nvram":                 {bart().with(set{"Bart.nvram": nil}), []string{"Bart.vmx:4: firmware is EFI, and its settings are in Bart.nvram, which is not in the set"}},
		"no line for the nvram":    {bart().with(set{"Bart.nvram": nil, "Bart.vmx": strings.Replace(bartVMX, "nvram = \"Bart.nvram\"\n", "", 1)}), []string{"Bart.vmx:6: firmware is EFI"}},
		"no .vmx":                  {bart().with(set{"Bart.vmx": nil}), []string{"the set holds no .vmx"}},
		"short flat":               {bart().with(set{"Bart-flat.vmdk": 7}), []string{"Bart.vmdk:10: it states 42949672960 bytes for Bart-flat.vmdk, which has 7"}},
		"long flat":                {bart().with(set{"Bart-flat.vmdk": sectors*512 + 1}), []string{"Bart.vmdk:10: it states 42949672960 bytes for Bart-flat.vmdk, which has 42949672961"}},
		"on another datastore":     {bart().with(set{"Bart.vmx": strings.Replace(bartVMX, `"Bart.vmdk"`, `"/vmfs/volumes/ds2/Bart/Bart.vmdk"`, 1)}), []string{"Bart.vmx:11: it names /vmfs/volumes/ds2/Bart/Bart.vmdk, on another datastore; the set holds Bart.vmdk"}},
		"not on this one":          {bart().with(set{"Bart.vmx": strings.Replace(bartVMX, `"Bart.vmdk"`, `"/vmfs/volumes/ds2/Bart/data.vmdk"`, 1)}), []string{"Bart.vmx:11: it names /vmfs/volumes/ds2/Bart/data.vmdk, which is not in the set"}},
		"suspended":                {bart().with(set{"Bart.vmx": bartVMX + "checkpoint.vmState = \"Bart-12.vmss\"\n"}), []string{"Bart.vmx:24: the VM was suspended, and its memory is Bart-12.vmss, which is not in the set"}},
		"encrypted":                {bart().with(set{"Bart.vmx": bartVMX + "encryption.keySafe = \"vmware:key\"\n"}), []string{"note: Bart.vmx:24: the VM is encrypted"}},
		"no parent":                {withSnapshot.with(set{"Bart-000001.vmdk": nil, "Bart-000001-sesparse.vmdk": nil}), []string{"Bart-000002.vmdk:8: it is a snapshot of Bart-000001.vmdk, which is not in the set"}},
		"parent changed since":     {withSnapshot.with(set{"Bart.vmdk": strings.Replace(bart()["Bart.vmdk"].(string), "CID=fffffffe", "CID=00000001", 1)}), []string{"Bart-000001.vmdk:5: its parent Bart.vmdk has CID 00000001, and it wants fffffffe"}},
		"no name of a parent":      {withSnapshot.with(set{"Bart-000001.vmdk": strings.Replace(withSnapshot["Bart-000001.vmdk"].(string), `parentFileNameHint="Bart.vmdk"`, "", 1)}), []string{"Bart-000001.vmdk:5: it is a snapshot, and names no parent"}},
		"a chain without an end":   {withSnapshot.with(set{"Bart-000001.vmdk": snapshot("1a2b3c4d", "5e6f7a8b", "Bart-000002.vmdk", fmt.Sprintf("RW %d SESPARSE \"Bart-000001-sesparse.vmdk\"", sectors))}), []string{"Bart-000001.vmdk:8: its chain of snapshots has no end", "Bart-000002.vmdk:8: its chain of snapshots has no end"}},
		"delta of another disk":    {withSnapshot.with(set{"Bart-000002-delta.vmdk": cowdHead(7)}), []string{"Bart-000002-delta.vmdk: it is for a disk of 3584 bytes, and Bart-000002.vmdk states 42949672960"}},
		"delta that is cut":        {withSnapshot.with(set{"Bart-000002-delta.vmdk": cowdHead(sectors)[:2048]}), []string{"Bart-000002-delta.vmdk: it has 2048 bytes, and needs 3072 for its tables alone"}},
		"delta that is no extent":  {withSnapshot.with(set{"Bart-000001-sesparse.vmdk": strings.Repeat("\x00", 60000)}), []string{"Bart-000001-sesparse.vmdk: it does not begin as an extent of type SESPARSE"}},
		"no extent in it":          {bart().with(set{"Bart.vmdk": disk("")}), []string{"Bart-flat.vmdk: no descriptor names it", "Bart.vmdk: it names no extent"}},
		"an unknown encoding":      {bart().with(set{"Bart.vmx": strings.Replace(bartVMX, "UTF-8", "EBCDIC-XX", 1) + "annotation = \"\xe4\"\n"}), []string{`note: Bart.vmx: its encoding "EBCDIC-XX" is not known`}},
		"a disk that is no VMware": {bart().with(set{"Bart.vmdk": "QFI\xfb", "Bart-flat.vmdk": nil}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range c.set.check() {
				text := f.String()
				if f.Note {
					text = "note: " + text
				}
				got = append(got, text)
				if f.Hint == "" {
					t.Errorf("%s: no way out", f)
				}
			}
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestCheck_names(t *testing.T) {
	for name, c := range map[string]struct{ vmx, file string }{
		"UTF-8":                 {".encoding = \"UTF-8\"\nscsi0:0.fileName = \"Bärt.vmdk\"\n", "Bärt.vmdk"},
		"composed otherwise":    {".encoding = \"UTF-8\"\nscsi0:0.fileName = \"Ba\u0308rt.vmdk\"\n", "Bärt.vmdk"},
		"Windows-1252":          {".encoding = \"windows-1252\"\nscsi0:0.fileName = \"B\xe4rt.vmdk\"\n", "Bärt.vmdk"},
		"Shift_JIS":             {".encoding = \"Shift_JIS\"\nscsi0:0.fileName = \"\x93\xfa.vmdk\"\n", "日.vmdk"},
		"not what it says":      {".encoding = \"UTF-8\"\nscsi0:0.fileName = \"B\xe4rt.vmdk\"\n", "Bärt.vmdk"},
		"a character by number": {"scsi0:0.fileName = \"B|7cart.vmdk\"\n", "B|art.vmdk"},
		"half a number":         {"scsi0:0.fileName = \"Bart|7\"\nscsi0:1.fileName = \"B|zzart.vmdk\"\n", "B|zzart.vmdk"},
		"NVMe, in capitals":     {"NVME0:3.FILENAME = \"Bart.vmdk\"\n", "Bart.vmdk"},
	} {
		if found := (set{"Bart.vmx": c.vmx, c.file: "no VMware disk"}).check(); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		if found := (set{"Bart.vmx": c.vmx}).check(); len(found) != 1 || !strings.Contains(found[0].Text, "not in the set") {
			t.Errorf("%s: without the file: %v", name, found)
		}
	}
}

func TestCheck_whatCannotBeReadIsSaid(t *testing.T) {
	found := vmx.Check([]vmx.File{{Path: "a.vmx", Size: 3}, {Path: "a.vmdk", Size: 3}}, func(string, int64, int) ([]byte, error) { return nil, errors.New("550 no") })
	if len(found) != 2 || found[0].String() != "a.vmdk: it could not be read: 550 no" {
		t.Errorf("got %v", found)
	}
}

// TestCheck_isBounded: however many files a set has, few are opened, and little is read.
func TestCheck_isBounded(t *testing.T) {
	var files []vmx.File
	for i := range 10_000 {
		files = append(files, vmx.File{Path: fmt.Sprintf("%05d.vmdk", i), Size: 1 << 40})
	}
	opened, bytes := 0, 0
	found := vmx.Check(files, func(_ string, _ int64, n int) ([]byte, error) {
		opened, bytes = opened+1, bytes+n
		return []byte("KDMV"), nil
	})
	if opened > 256 || bytes > 16<<20 || len(found) != 2 {
		t.Errorf("%d files opened, %d bytes read, %v", opened, bytes, found)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(bartVMX, bart()["Bart.vmdk"].(string), seHead(sectors))
	f.Add(".encoding = \"Shift_JIS\"\nscsi0:0.fileName = \"\x93\"", hosted(4096, disk("RW 4096 SPARSE \"Bart.vmdk\"")), cowdHead(3))
	f.Add("nvram = \"|\"\nfirmware = \"EFI\"", snapshot("1", "1", "Bart.vmdk", "RW 999999999999999 FLAT \"../x\" 999999999999999"), "KDMV")
	f.Fuzz(func(t *testing.T, machine, descriptor, extent string) {
		(set{"Bart.vmx": machine, "Bart.vmdk": descriptor, "Bart-flat.vmdk": extent, "Bart-000001.vmdk": descriptor, "Bart-sesparse.vmdk": extent}).check()
	})
}
