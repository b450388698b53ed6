package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// TestNames_onADiskThatHoldsShorterOnes has a set whose file no plan can send
// there, and one whose file only the disk itself knows to be too long: neither is
// begun, and the third set arrives.
func TestNames_onADiskThatHoldsShorterOnes(t *testing.T) {
	disk, p := ftptest.Encfs(t), newProgram(t)
	for vm, name := range map[string]string{"Bart": strings.Repeat("b", 190), "Lisa": strings.Repeat("l", 180), "Moe": strings.Repeat("m", 175)} {
		set := p.file("src/" + vm + "/2026-11-21-010000")
		if err := os.MkdirAll(set, 0o777); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a-disk.vmdk", name} {
			if err := writeRandom(filepath.Join(set, name), vm+name, 30_000); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.write("vmxsync.hcl", `
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "local" "disk" { path = "`+disk+`" }
retention "standard" { keep_last = 2 }
backup "default" {
  source       = source.local.esxi
  destinations = [destination.local.disk]
  retention    = retention.standard
}
`)
	code, out := p.run("apply", "-auto-approve")
	flat := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{
		`Bart/2026-11-21-010000: "bbb`, "is a name of 190 bytes, but the place allows at most 189",
		"disk/Lisa/2026-11-21-010000: claim", `cannot store the name "lll`,
		"disk/Moe/2026-11-21-010000: Creation complete",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the output has no %q:\n%s", want, out)
		}
	}
	if code != int(failure.Partial) {
		t.Errorf("exit code %d, want %d", code, int(failure.Partial))
	}
	sent, _ := filepath.Glob(filepath.Join(disk, "*", "*", "*-disk.vmdk"))
	staged, _ := filepath.Glob(filepath.Join(disk, ".vmxsync", "staging", "*"))
	if len(sent) != 1 || len(staged) != 0 {
		t.Errorf("sent are %q, and staged %q; want Moe's alone", sent, staged)
	}
}
