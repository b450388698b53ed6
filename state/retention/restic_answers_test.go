package retention_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state"
)

var update = flag.String("update", "", "program: write what this restic answers into testdata; read the difference")

// answers are what one version of restic keeps of some snapshots.
type answers struct {
	Version    string                   `json:"version"`
	KeepOldest bool                     `json:"keep_oldest"` // as this version always does
	Snapshots  map[string][]state.Stamp `json:"snapshots"`   // of each host, newest first
	Policies   []answer                 `json:"policies"`
}

type answer struct {
	Forget string          `json:"forget"` // the options of restic forget
	Kept   map[string]kept `json:"kept"`   // of each host
}

// kept are the snapshots that stay, under "kept", and those that each rule
// chose, under its name: "0-2 7" are the three newest and the eighth.
type kept map[string]string

// write asks a program all policies.
func write(t *testing.T, program string) {
	t.Helper()
	a := answers{Version: versionOf(t, program), Snapshots: drawSnapshots()}
	unlimited := moreThanAll
	if a.Version != "0.14.0" {
		unlimited, a.KeepOldest = "unlimited", true
	}
	r := newRepository(t, program, a.Snapshots)
	for _, options := range drawForgets(unlimited) {
		a.Policies = append(a.Policies, r.ask(t, options))
	}
	if err := os.WriteFile(fileOf(a.Version), a.lines(t), 0o644); err != nil {
		t.Fatal(err)
	}
}

func fileOf(version string) string { return filepath.Join("testdata", "restic-"+version+".json") }

func stored(t *testing.T, version string) answers {
	t.Helper()
	data, err := os.ReadFile(fileOf(version))
	if err != nil {
		t.Fatalf("answers of restic %s: %v; -update writes them", version, err)
	}
	var a answers
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// lines is JSON with a line for each host and policy.
func (a answers) lines(t *testing.T) []byte {
	t.Helper()
	line := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	var hosts, policies []string
	for _, host := range slices.Sorted(maps.Keys(a.Snapshots)) {
		hosts = append(hosts, line(host)+":"+line(a.Snapshots[host]))
	}
	for _, p := range a.Policies {
		policies = append(policies, line(p))
	}
	return fmt.Appendf(nil, "{\"version\":%s,\"keep_oldest\":%t,\"snapshots\":{\n%s\n},\"policies\":[\n%s\n]}\n",
		line(a.Version), a.KeepOldest, strings.Join(hosts, ",\n"), strings.Join(policies, ",\n"))
}

// ranges writes rising numbers as "0-2 7".
func ranges(chosen map[string][]int) kept {
	k := kept{}
	for rule, numbers := range chosen {
		var parts []string
		for len(numbers) > 0 {
			n := 1
			for n < len(numbers) && numbers[n] == numbers[0]+n {
				n++
			}
			part := strconv.Itoa(numbers[0])
			if n > 1 {
				part += "-" + strconv.Itoa(numbers[n-1])
			}
			parts, numbers = append(parts, part), numbers[n:]
		}
		k[rule] = strings.Join(parts, " ")
	}
	return k
}
