package retention_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// repository is one of restic, with snapshots.
type repository struct {
	program   string
	dir       string
	snapshots map[string][]state.Stamp // of each host, newest first
}

func versionOf(t *testing.T, program string) string {
	t.Helper()
	words := strings.Fields(string(repository{program: program, dir: t.TempDir()}.run(t, "version")))
	if len(words) < 2 || words[0] != "restic" {
		t.Fatalf("restic version said %q", words)
	}
	return words[1]
}

// newRepository holds snapshots. Restic takes half a second to open it, so that
// it makes but one snapshot of each host, the newest; the others are copies of
// that one with other times.
func newRepository(t *testing.T, program string, snapshots map[string][]state.Stamp) repository {
	t.Helper()
	r := repository{program, t.TempDir(), snapshots}
	r.run(t, "init")
	for host, stamps := range snapshots {
		at := stamps[0].Civil().Format(time.DateTime)
		r.run(t, "backup", "--host", host, "--time", at, filepath.Join(r.dir, "config"))
	}
	var made []map[string]any
	read(t, r.run(t, "snapshots", "--json"), &made)
	var key masterKey
	read(t, r.run(t, "cat", "masterkey"), &key)
	for _, s := range made {
		for _, stamp := range snapshots[s["hostname"].(string)][1:] {
			s["time"] = stamp.Civil()
			r.add(t, key, s)
		}
	}
	return r
}

func read(t *testing.T, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
}

// run asks nobody and writes nowhere but into the repository. Restic shows
// times, and reads those of the command line, in the zone of TZ.
func (r repository) run(t *testing.T, args ...string) []byte {
	t.Helper()
	c := exec.Command(r.program, append([]string{"--no-cache", "--repo", r.dir}, args...)...)
	c.Env = []string{"RESTIC_PASSWORD=test", "TZ=UTC", "HOME=" + r.dir}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("restic %q: %v: %s", args, err, stderr.String())
	}
	return out
}

// add writes a snapshot in the format of repositories: the file is sealed, and
// named by its checksum.
func (r repository) add(t *testing.T, key masterKey, snapshot any) {
	t.Helper()
	plain, err := json.Marshal(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.seal(t, plain)
	name := sha256.Sum256(sealed)
	if err := os.WriteFile(filepath.Join(r.dir, "snapshots", hex.EncodeToString(name[:])), sealed, 0o600); err != nil {
		t.Fatal(err)
	}
}
