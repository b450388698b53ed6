package restore_test

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func key(vm string, day int) state.Key {
	return state.Key{VM: vm, Stamp: state.Stamp(fmt.Sprintf("2026-11-%02d-010000", day))}
}

var sum = strings.Repeat("ab", 32)

// set is a complete one with two files.
func set(k state.Key) state.Set {
	s := state.Set{Key: k, Path: k.String(), State: state.Complete, Marked: true}
	s.Manifest = &state.Manifest{Key: k, Run: "r"}
	for i, name := range []string{k.VM + ".vmx", "disk.vmdk"} {
		s.Files = append(s.Files, state.File{Path: name, Size: int64(i + 1)})
		s.Manifest.Files = append(s.Manifest.Files, state.ManifestFile{Path: name, Size: int64(i + 1), SHA256: sum})
	}
	return s
}

func holding(name string, sets ...state.Set) restore.Holding {
	return restore.Holding{Place: restore.Place{Name: name}, Sets: sets, Proofs: map[state.Key]state.Proof{}}
}

// proven notes that all files of the sets were read.
func proven(h restore.Holding, sets ...state.Set) restore.Holding {
	for _, s := range sets {
		p := state.Proof{Key: s.Key, Manifest: s.Manifest.Identity()}
		for _, f := range s.Manifest.Files {
			p = p.With(state.FileProof{Path: f.Path, Size: f.Size, SHA256: f.SHA256, At: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Level: state.ReadProof})
		}
		h.Proofs[s.Key] = p
	}
	return h
}

func compute(t *testing.T, in restore.Input, addresses ...string) (*restore.Plan, error) {
	t.Helper()
	in.To = "/target"
	for _, text := range addresses {
		a, err := restore.ParseAddress(text)
		if err != nil {
			t.Fatal(err)
		}
		in.Addresses = append(in.Addresses, a)
	}
	return restore.Compute(in)
}

func TestCompute_whichSets(t *testing.T) {
	nas := holding("nas", set(key("Bart", 19)), set(key("Bart", 20)), set(key("Bart", 21)), set(key("Lisa", 21)))
	nas = proven(nas, nas.Sets[0])
	nas.Sets[2].State, nas.Sets[2].Manifest = state.Damaged, nil // its manifest is torn
	usb := holding("usb", set(key("Bart", 18)), set(key("Lisa", 20)))
	usb.Trash = []state.Set{set(key("Bart", 11))}
	in := restore.Input{Holdings: []restore.Holding{nas, usb}}
	for _, c := range []struct {
		addresses []string
		want      string // the sets, or the error
	}{
		{[]string{"nas/Bart/2026-11-20-010000"}, "nas/Bart/2026-11-20-010000"},
		{[]string{"nas/Bart/latest"}, "nas/Bart/2026-11-20-010000"},
		{[]string{"*/Lisa/latest"}, "nas/Lisa/2026-11-21-010000"},
		{[]string{"usb/Lisa/latest"}, "usb/Lisa/2026-11-20-010000"},
		{[]string{"nas/Bart/latest-verified"}, "nas/Bart/2026-11-19-010000"},
		{[]string{"nas/Bart/@2026-11-19"}, "nas/Bart/2026-11-19-010000"},
		{[]string{"nas/Bart/@2026-11-20-005959"}, "nas/Bart/2026-11-19-010000"},
		{[]string{"*/Bart/@2026-11-18"}, "usb/Bart/2026-11-18-010000"},
		{[]string{"nas/*/latest"}, "nas/Bart/2026-11-20-010000 nas/Lisa/2026-11-21-010000"},
		{[]string{"nas/Bart/2026-11-{19,20}-*", "nas/Bart/latest"}, "nas/Bart/2026-11-19-010000 nas/Bart/2026-11-20-010000"},
		{[]string{"usb/Bart/2026-11-11-010000"}, "usb/Bart/2026-11-11-010000"},
		{[]string{"usb/Bart/@2026-11-12"}, "no complete set matches"},
		{[]string{"nas/Bart/2026-11-21-010000"}, "cannot be restored: at nas it is damaged"},
		{[]string{"nas/Bart/2026-11-2*"}, "nas/Bart/2026-11-20-010000"},
		{[]string{"nas/Bart/2026-11-21-*"}, "nothing can be restored: nas/Bart/2026-11-21-010000 is left out: at nas it is damaged"},
		{[]string{"nas/Homer/latest"}, "no complete set matches nas/Homer/latest"},
		{[]string{"ftp/Bart/latest"}, "no complete set matches"},
		{[]string{"usb/Lisa/latest-verified"}, "is complete and was proven"},
	} {
		p, err := compute(t, in, c.addresses...)
		if err != nil {
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: %v, want %s", c.addresses, err, c.want)
			}
			continue
		}
		var got []string
		for _, s := range p.Sets {
			got = append(got, s.Address())
			if s.Folder != s.Key.String() {
				t.Errorf("%s goes to %s", s.Address(), s.Folder)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %q, want %s", c.addresses, got, c.want)
		}
	}
}

// TestCompute_whichPlaceFirst: the one that was named, local before remote, proven before
// not, whole before damaged, and trash last.
func TestCompute_whichPlaceFirst(t *testing.T) {
	k := key("Bart", 21)
	damaged := set(k)
	damaged.State, damaged.Files = state.Damaged, damaged.Files[:1]
	far, near, read, hurt := holding("far", set(k)), holding("near", set(k)), proven(holding("read", set(k)), set(k)), holding("hurt", damaged)
	near.Local, hurt.Local = true, true
	bin := holding("bin")
	bin.Trash, bin.Local = []state.Set{set(k)}, true
	away := holding("away")
	away.Err = errors.New("it is off")
	in := restore.Input{Holdings: []restore.Holding{away, hurt, bin, far, read, near}}
	for address, want := range map[string]string{
		"*/Bart/latest":   "near read far bin hurt",
		"far/Bart/latest": "far near read bin hurt",
	} {
		p, err := compute(t, in, address)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range p.Sets[0].Origins {
			got = append(got, o.Place)
		}
		if strings.Join(got, " ") != want || len(p.Places) != 5 {
			t.Errorf("%s: %q of %d places, want %s", address, got, len(p.Places), want)
		}
	}
	p, err := compute(t, in, "hurt/Bart/2026-11-21-010000")
	if err != nil || len(p.Sets[0].Files) != 2 || len(p.Sets[0].Missing) != 0 {
		t.Errorf("what a place lacks and another holds: %+v, %v", p, err)
	}
	in.Holdings = []restore.Holding{hurt}
	p, err = compute(t, in, "hurt/Bart/2026-11-21-010000")
	if err != nil || len(p.Sets[0].Files) != 1 || !slices.Equal(p.Sets[0].Missing, []string{"disk.vmdk"}) || len(p.Notes) != 1 {
		t.Errorf("what no place holds: %+v, %v", p, err)
	}
}

func TestCompute_partsAndSums(t *testing.T) {
	adopted := set(key("Lisa", 21))
	adopted.Manifest.NoSums = true
	for i := range adopted.Manifest.Files {
		adopted.Manifest.Files[i].SHA256 = ""
	}
	in := restore.Input{Holdings: []restore.Holding{holding("nas", set(key("Bart", 21)), adopted)}, Include: []string{"*.vmx"}}
	p, err := compute(t, in, "nas/Bart/latest")
	if err != nil || len(p.Sets[0].Files) != 1 || !p.Sets[0].Part || p.Bytes() != 1 {
		t.Errorf("with -include: %+v, %v", p, err)
	}
	in.Include = []string{"*.iso"}
	if _, err := compute(t, in, "nas/Bart/latest"); err == nil || !strings.Contains(err.Error(), "no file that matches *.iso") {
		t.Errorf("nothing included: %v", err)
	}
	in.Include = nil
	if p, err := compute(t, in, "nas/Lisa/latest"); err != nil || !strings.Contains(strings.Join(p.Notes, ""), "no checksums") {
		t.Errorf("adopted: %+v, %v", p, err)
	}
	in.RequireSums = true
	if _, err := compute(t, in, "nas/Lisa/latest"); err == nil || !strings.Contains(err.Error(), "-require-sums") {
		t.Errorf("adopted, with -require-sums: %v", err)
	}
}

func TestParseAddress_refuses(t *testing.T) {
	for _, text := range []string{"", "nas", "nas/Bart", "/Bart/latest", "nas//latest", "nas/Bart/", "nas/Bart/@yesterday", "nas/B[art/latest", "nas/Bart/a/b"} {
		if a, err := restore.ParseAddress(text); err == nil {
			t.Errorf("%q is read as %+v", text, a)
		}
	}
	a, err := restore.ParseAddress("nas/Bart/latest:sub/disk:1.vmdk")
	if err != nil || a.File != "sub/disk:1.vmdk" || a.When != restore.Latest {
		t.Errorf("got %+v, %v", a, err)
	}
}

func planned(k state.Key, files ...string) restore.Set {
	s := restore.Set{Key: k, Folder: k.String()}
	for _, f := range files {
		s.Files = append(s.Files, restore.File{Path: f, Size: 1, SHA256: sum})
	}
	return s
}

func TestCheckNames_hostile(t *testing.T) {
	k := key("Bart", 21)
	if err := restore.CheckNames(planned(k, "Bart.vmx", "sub/Bart.vmx", "sub/disk (1).vmdk", "Ünicode"), providers.Limits{}); err != nil {
		t.Errorf("an ordinary set: %v", err)
	}
	for _, files := range [][]string{
		{"../x"}, {"a/../../x"}, {"/etc/passwd"}, {"."}, {""}, {"a//b"}, {"a/"}, {"a\\b"}, {"a\nb"}, {"a\x00b"}, {"\u202evmx"}, {"a."}, {"a "}, {" a"}, {"x\xff"},
		{"disk", "DISK"}, {"a\u0301", "\u00e1"}, {"a", "a"}, {"a", "a/b"}, {"A/b", "a/c"}, {"a/b", "A"}, {state.ManifestName}, {strings.ToUpper(state.BlocksName)}, {strings.Repeat("n", 256)},
	} {
		if err := restore.CheckNames(planned(k, files...), providers.Limits{}); !errors.Is(err, providers.ErrName) {
			t.Errorf("%q: %v", files, err)
		}
	}
	windows := providers.Limits{Refused: providers.RefusedByWindows, Devices: true}
	for _, name := range []string{"C:x", "disk:stream", "sub/NUL", "com1.vmx", "what?"} {
		if err := restore.CheckNames(planned(k, name), windows); !errors.Is(err, providers.ErrName) {
			t.Errorf("%q on Windows: %v", name, err)
		}
	}
	for _, s := range []restore.Set{
		{Key: state.Key{VM: "..", Stamp: k.Stamp}, Folder: "../" + string(k.Stamp)},
		{Key: state.Key{VM: "a/b", Stamp: k.Stamp}, Folder: "a/b/" + string(k.Stamp)},
		{Key: state.Key{VM: "Bart", Stamp: "../x"}, Folder: "Bart/../x"},
		{Key: k, Folder: "elsewhere"}, {Key: k},
	} {
		if err := restore.CheckNames(s, providers.Limits{}); !errors.Is(err, providers.ErrName) {
			t.Errorf("folder %q: %v", s.Folder, err)
		}
	}
}

// FuzzCheckNames: what passes lies below the target, and nowhere else.
func FuzzCheckNames(f *testing.F) {
	f.Add("Bart", "2026-11-21-010000", "Bart.vmx", "sub/x")
	f.Add("..", "2026-11-21-010000", "../x", "/x")
	f.Fuzz(func(t *testing.T, vm, stamp, a, b string) {
		k := state.Key{VM: vm, Stamp: state.Stamp(stamp)}
		s := planned(k, a, b)
		if restore.CheckNames(s, providers.Limits{}) != nil {
			return
		}
		for _, file := range []string{a, b} {
			for _, folder := range []string{s.Folder, s.Hidden()} {
				p := path.Join(folder, file)
				local := filepath.FromSlash(p)
				if !filepath.IsLocal(local) || path.Clean(p) != p || !strings.HasPrefix(p, vm+"/") || strings.Count(folder, "/") != 1 || strings.ContainsAny(p, "\x00\\\n") {
					t.Errorf("%q %q %q leads to %q", vm, stamp, file, p)
				}
			}
		}
		if a == b || state.Folded(a) == state.Folded(b) {
			t.Errorf("%q and %q are one name", a, b)
		}
	})
}

// The newest set that can be read need not be the newest that there is.
func TestCompute_saysWhatItPassesOver(t *testing.T) {
	older, newer := set(key("Bart", 20)), set(key("Bart", 21))
	newer.State, newer.Problem = state.Damaged, "disk.vmdk is missing"
	away := restore.Holding{Place: restore.Place{Name: "usb"}, Err: providers.ErrUnreachable}
	in := restore.Input{Holdings: []restore.Holding{holding("nas", older, newer), away}}
	for address, want := range map[string][]string{
		"*/Bart/latest": {
			"nas/Bart/2026-11-21-010000 is newer than 2026-11-20-010000, and not taken: it is damaged (disk.vmdk is missing).",
			"usb could not be read, and may hold other sets, or newer ones: " + providers.ErrUnreachable.Error() + ".",
		},
		"nas/Bart/latest":            {"nas/Bart/2026-11-21-010000 is newer than 2026-11-20-010000, and not taken: it is damaged (disk.vmdk is missing)."},
		"nas/Bart/@2026-11-20":       nil,
		"nas/Bart/2026-11-20-010000": nil,
	} {
		p, err := compute(t, in, address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if !slices.Equal(p.Notes, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", address, strings.Join(p.Notes, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestAddressOf_namesOneSetWhateverItsName(t *testing.T) {
	for _, vm := range []string{"dc01", "web[1]", `a\b`, "*", "{x,y}", "why?", "a:b"} {
		k := state.Key{VM: vm, Stamp: "2026-11-21-010000"}
		a := restore.AddressOf("nas", k)
		if !a.Names("nas", k) {
			t.Errorf("%q does not name itself", vm)
		}
		for _, other := range []string{"dc02", "web1", "ab", "x", "why1", "b"} {
			if a.Names("nas", state.Key{VM: other, Stamp: k.Stamp}) {
				t.Errorf("%q names %q, too", vm, other)
			}
		}
	}
}
