package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
)

const verifyMonth = `
source "local" "esxi" {
  path     = "src"
  timezone = "UTC"
  settle   = "0s"
}
destination "local" "disk" {
  path = "dst"
  verify {
    every     = "7d"
    max_bytes = "5MiB"
  }
}
retention "small" {
  keep_last = 10
}
retention "large" {
  keep_last = 3
}
backup "small" {
  source       = source.local.esxi
  destinations = [destination.local.disk]
  retention    = retention.small
}
backup "large" {
  source       = source.local.esxi
  vms          = ["Big"]
  destinations = [destination.local.disk]
  retention    = retention.large
}
`

// TestMonth_provesEverySet lives 30 nights with a verify block whose budget is less than one
// set of a VM has. Each morning every set that is kept was proven within the period, or, where
// it takes two nights to read, a night longer. A copy that rots is found, and sent again.
func TestMonth_provesEverySet(t *testing.T) {
	t.Parallel()
	const rots, period = 13, 8 * 24 * time.Hour
	nights := 30
	if providertest.Thin() {
		nights = 21
	}
	p := newProgram(t)
	p.write("vmxsync.hcl", verifyMonth)
	if err := os.Mkdir(p.file("dst"), 0o755); err != nil {
		t.Fatal(err)
	}
	rotten := "Bart/2026-10-11-010000" // proven on the 12th
	found, cut := 0, false
	for night := 1; night <= nights; night++ {
		at := time.Date(2026, 10, night, 4, 0, 0, 0, time.UTC)
		stamp := at.Format("2006-01-02") + "-010000"
		for _, vm := range []string{"Bart", "Lisa"} {
			p.backUp(vm, stamp, strings.Repeat(stamp+vm, 1000), at)
		}
		if night%5 == 1 {
			p.backUp("Big", stamp, strings.Repeat(stamp+"Big.", 6<<20/21), at)
		}
		if night == rots {
			flip(t, p.file("dst/"+rotten+"/disk.vmdk"))
		}
		cmd := p.command("apply", "-auto-approve")
		cmd.Env = append(cmd.Env, "VMXSYNC_NOW="+at.Format(time.RFC3339))
		out, _ := cmd.CombinedOutput()
		switch code := cmd.ProcessState.ExitCode(); {
		case code == 3 && found == 0 && night >= rots:
			found = night
			if !strings.Contains(string(out), "disk/"+rotten+": disk.vmdk does not match its checksum") {
				t.Fatalf("night %d:\n%s", night, out)
			}
		case code != 0:
			t.Fatalf("night %d ends with %d:\n%s", night, code, out)
		case found == night-1 && found > 0 && !strings.Contains(string(out), "disk/"+rotten+": Update complete"):
			t.Errorf("night %d does not send it again:\n%s", night, out)
		}
		begun := mustBeProven(t, p, at, period, func(set string) bool {
			return set == rotten && found > 0 && night <= found+1 // the copy that is there was sent this night
		})
		cut = cut || begun
	}
	if found == 0 || !cut {
		t.Errorf("the rotten copy was found in night %d; a file was cut: %v", found, cut)
	}
}

// backUp writes a set as a backup program does that has ended hours ago.
func (p *program) backUp(vm, stamp, disk string, at time.Time) {
	p.t.Helper()
	set := "src/" + vm + "/" + stamp
	p.write(set+"/disk.vmdk", disk)
	for _, name := range []string{set + "/disk.vmdk", set, "src/" + vm, "src"} {
		if err := os.Chtimes(p.file(name), time.Time{}, at.Add(-2*time.Hour)); err != nil {
			p.t.Fatal(err)
		}
	}
}

// flip changes a byte of a file, and neither its size nor its time.
func flip(t *testing.T, path string) {
	t.Helper()
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, before.ModTime()); err != nil {
		t.Fatal(err)
	}
}

// mustBeProven reports sets whose proof is older than the period, or that were sent before
// it and never proven; and returns whether a file was read in part.
func mustBeProven(t *testing.T, p *program, at time.Time, period time.Duration, damaged func(set string) bool) (begun bool) {
	t.Helper()
	sets, err := filepath.Glob(p.file("dst/*/*/vmxsync.sha256"))
	if err != nil || len(sets) == 0 {
		t.Fatal(sets, err)
	}
	for _, path := range sets {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := state.ParseManifest(data)
		if err != nil {
			t.Fatal(err)
		}
		last := m.Key.Stamp.In(time.UTC)
		ledger, err := os.ReadFile(p.file("dst/" + state.WorkDir(".vmxsync").Proof(m.Key)))
		if proof, torn := state.ParseProof(ledger); err == nil && torn == nil {
			begun = begun || slices.ContainsFunc(proof.Files, func(f state.FileProof) bool { return f.Offset > 0 })
			if first, _, _ := proof.OfSet(m); first.After(last) {
				last = first
			}
		} else if len(bytes.TrimSpace(ledger)) > 0 {
			t.Errorf("%s: %v", m.Key, torn)
		}
		if age := at.Sub(last); age > period && !damaged(m.Key.String()) {
			t.Errorf("on %s: %s was proven %s ago", at.Format(time.DateOnly), m.Key, age)
		}
	}
	return begun
}
