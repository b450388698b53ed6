package state_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

func sample() state.Manifest {
	return state.Manifest{
		Key: state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}, Run: "6f1c", Verified: "size",
		Files: []state.ManifestFile{
			{Path: "Bart-flat.vmdk", Size: 5, SHA256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
			{Path: "sub/Bart (1).vmx", Size: 0, SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		},
	}
}

func TestManifest_roundTrip(t *testing.T) {
	adopted := sample()
	adopted.NoSums = true
	for i := range adopted.Files {
		adopted.Files[i].SHA256 = ""
	}
	withBlocks := sample()
	withBlocks.Blocks = &state.BlocksRef{Size: 1043, SHA256: withBlocks.Files[0].SHA256}
	for _, want := range []state.Manifest{sample(), adopted, withBlocks} {
		got, err := state.ParseManifest(want.Encode())
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("ParseManifest(Encode) = %+v, %v, want %+v", got, err, want)
		}
	}
}

func TestParseManifest_everyCutIsTorn(t *testing.T) {
	whole := sample().Encode()
	for n := range whole {
		if _, err := state.ParseManifest(whole[:n]); !errors.Is(err, state.ErrTorn) {
			t.Fatalf("cut after %d bytes: %v, want ErrTorn", n, err)
		}
	}
}

func TestParseManifest_everyFlippedBitIsFound(t *testing.T) {
	whole := sample().Encode()
	for n := range whole {
		bent := bytes.Clone(whole)
		bent[n] ^= 1
		if m, err := state.ParseManifest(bent); err == nil {
			t.Fatalf("bit flipped in byte %d of %q: read as %+v", n, whole, m)
		}
	}
}

func TestParseManifest_newerFormatIsNotTorn(t *testing.T) {
	newer := strings.Replace(string(sample().Encode()), "manifest/1", "manifest/2", 1)
	if _, err := state.ParseManifest([]byte(newer)); !errors.Is(err, state.ErrNewer) {
		t.Errorf("got %v, want ErrNewer", err)
	}
}

func TestManifest_sha256sumReadsIt(t *testing.T) {
	sha256sum, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("sha256sum is not installed: its reading of a manifest is not tested")
	}
	dir := t.TempDir()
	os.Mkdir(filepath.Join(dir, "sub"), 0o755)
	os.WriteFile(filepath.Join(dir, "Bart-flat.vmdk"), []byte("hello"), 0o644)
	os.WriteFile(filepath.Join(dir, "sub", "Bart (1).vmx"), nil, 0o644)
	os.WriteFile(filepath.Join(dir, state.ManifestName), sample().Encode(), 0o644)
	cmd := exec.Command(sha256sum, "--strict", "-c", state.ManifestName)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("sha256sum --strict -c: %v\n%s", err, out)
	}
}

func TestManifest_Fits(t *testing.T) {
	m, k := sample(), sample().Key
	files := []state.File{{Path: "Bart-flat.vmdk", Size: 5}, {Path: "sub/Bart (1).vmx"}}
	if why := m.Fits(k, files); why != "" {
		t.Errorf("equal files: %s", why)
	}
	for name, bad := range map[string][]state.File{
		"missing": files[:1],
		"size":    {{Path: "Bart-flat.vmdk", Size: 4}, files[1]},
		"joined":  {files[0], {Path: "foreign.txt"}, files[1]},
	} {
		if m.Fits(k, bad) == "" {
			t.Errorf("%s: the manifest fits", name)
		}
	}
	if m.Fits(state.Key{VM: "Lisa", Stamp: k.Stamp}, files) == "" {
		t.Error("the manifest of another set fits")
	}
}

func TestClaim_roundTripAndFits(t *testing.T) {
	files := []state.File{{Path: "a", Size: 3, ModTime: time.Unix(1, 500).UTC(), ID: "8:1"}}
	want := state.Claim{Kind: "upload", Key: sample().Key, Run: "r", Files: files}
	got, err := state.ParseClaim(want.Encode())
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Fatalf("ParseClaim(Encode) = %+v, %v, want %+v", got, err, want)
	}
	changed := []state.File{{Path: "a", Size: 3, ModTime: time.Unix(2, 0).UTC(), ID: "8:1"}}
	if !got.Fits(files) || got.Fits(changed) {
		t.Error("a claim fits by size alone")
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(sample().Encode())
	f.Add([]byte("# vmxsync.manifest/9\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := state.ParseManifest(data)
		if err == nil && len(m.Encode()) == 0 {
			t.Error("a manifest that encodes to nothing")
		}
	})
}

func FuzzParseClaim(f *testing.F) {
	f.Add(state.Claim{Kind: "upload", Key: sample().Key}.Encode())
	f.Fuzz(func(t *testing.T, data []byte) { state.ParseClaim(data) })
}

// The hour of summer time is that of disks which hold whole steps of two seconds.
func TestManifest_rewrittenInTheRepeatedHour(t *testing.T) {
	for name, c := range map[string]struct {
		sent time.Time
		want int
	}{
		"a FAT disk":          {time.Date(2026, 10, 25, 0, 0, 2, 0, time.UTC), 0},
		"another file system": {time.Date(2026, 10, 25, 0, 0, 2, 5e8, time.UTC), 1},
	} {
		m := state.Manifest{Files: []state.ManifestFile{{Path: "disk", Size: 1, MTime: c.sent}}}
		got := m.Rewritten([]state.File{{Path: "disk", Size: 1, ModTime: c.sent.Add(time.Hour)}})
		if len(got) != c.want {
			t.Errorf("%s: rewritten %q, want %d files", name, got, c.want)
		}
	}
}
