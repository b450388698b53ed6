package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

const nightConfig = `
source "local" "esxi" {
  path = "src"
}
destination "ftp" "nas" {
  host        = "%s"
  port        = %d
  username    = "u"
  password    = env("NAS_PASSWORD")
  connections = 1
  tls {
    mode = "off"
  }
}
retention "standard" {
  keep_last = 3
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
`

// TestApply_commandsOfAnOrdinaryNight limits how many commands an apply sends to a
// server: for three VMs, one upload and one delete each, in one session. A new command
// has to replace one that was sent twice.
func TestApply_commandsOfAnOrdinaryNight(t *testing.T) {
	for name, c := range map[string]struct {
		server ftptest.Options
		most   int
	}{
		"MLSD": {ftptest.Options{}, 236},
		"LIST": {ftptest.Options{DisableMLSD: true}, 236},
	} {
		t.Run(name, func(t *testing.T) {
			c.server.User, c.server.Password = "u", "secret"
			server := ftptest.New(t, c.server)
			t.Chdir(t.TempDir())
			config := fmt.Sprintf(nightConfig, server.Host, server.Port)
			if err := os.WriteFile("vmxsync.hcl", []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			var counts []int
			for day := 1; day <= 6; day++ {
				nightSets(t, day)
				before := len(server.Commands())
				applyNight(t)
				counts = append(counts, len(server.Commands())-before)
			}
			ordinary := server.Commands()[len(server.Commands())-counts[5]:]
			if counts[5] > c.most {
				t.Errorf("%d commands, want %d at most:\n%s", counts[5], c.most, byVerb(ordinary))
			}
			if counts[4] != counts[5] {
				t.Errorf("nights of %d commands: the last two are alike and differ", counts)
			}
			if first := strings.Join(server.Commands()[:counts[0]], "\n"); strings.Count(first, "RNFR /.vmxsync/staging/move-test-folders") != 1 {
				t.Error("the first night does not try once whether folders can be moved")
			}
			if strings.Contains(strings.Join(ordinary, "\n"), "move-test") {
				t.Error("an ordinary night tries again whether folders can be moved")
			}
		})
	}
}

// nightSets makes a set of each VM, which settled long ago.
func nightSets(t *testing.T, day int) {
	t.Helper()
	old := time.Date(2026, 11, day, 1, 0, 0, 0, time.UTC)
	for _, vm := range []string{"dc01", "sql01", "web01"} {
		dir := filepath.Join("src", vm, old.Format("2006-01-02-150405"))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for file, size := range map[string]int{vm + ".vmx": 3000, vm + ".nvram": 1000, "disk1.vmdk": 200_000} {
			p := filepath.Join(dir, file)
			if err := os.WriteFile(p, bytes.Repeat([]byte{byte(day)}, size), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(p, old, old); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
}

func applyNight(t *testing.T) {
	t.Helper()
	state, err := filepath.Abs("state")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"NAS_PASSWORD": "secret", "XDG_STATE_HOME": state}
	var out, errs bytes.Buffer
	began := time.Now()
	p := &process{clock: func() time.Time { return began }, args: []string{"apply", "-auto-approve", "-no-wait"}, stdout: &out, stderr: &errs, env: func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}}
	if code := p.run(t.Context()); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
}

// byVerb counts commands by their verb.
func byVerb(commands []string) string {
	counts := map[string]int{}
	for _, line := range commands {
		verb, _, _ := strings.Cut(line, " ")
		counts[verb]++
	}
	var b strings.Builder
	for _, verb := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%4d %s\n", counts[verb], verb)
	}
	return b.String()
}
