package state_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

func someDrill() state.Drill {
	return state.Drill{
		Key: state.Key{VM: "Bart~2", Stamp: "2026-11-21-010000"}, Run: "20261122t010000z-0a1b2c3d4e5f", Name: "quarterly", Host: "pve1", Tool: "0.1.0",
		Manifest: "3f0a", Verdict: state.Failed, Why: "the command ended with exit status 3", Notes: []string{"a.vmdk was read at usb instead"},
		Level: state.ReadProof, Bytes: 7340032, Began: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC),
		Restored: 90 * time.Second, Verified: 1500 * time.Millisecond, Tried: time.Hour,
	}
}

// The golden form of the format decodes for ever.
func TestDrill_format(t *testing.T) {
	const golden = `{
 "format": "vmxsync.drill/1",
 "address": "Bart~2/2026-11-21-010000",
 "run": "20261122t010000z-0a1b2c3d4e5f",
 "name": "quarterly",
 "host": "pve1",
 "tool": "0.1.0",
 "manifest": "3f0a",
 "verdict": "failed",
 "why": "the command ended with exit status 3",
 "notes": [
  "a.vmdk was read at usb instead"
 ],
 "level": "read",
 "bytes": 7340032,
 "began": "2026-11-22T01:00:00Z",
 "restore_seconds": 90,
 "verify_seconds": 1.5,
 "command_seconds": 3600
}
`
	if got := string(someDrill().Encode()); got != golden {
		t.Errorf("got %s", got)
	}
	read, err := state.ParseDrill([]byte(golden))
	if err != nil || !reflect.DeepEqual(read, someDrill()) {
		t.Errorf("got %+v, %v", read, err)
	}
}

// A record is whole, or none: half of one must not pass for a drill.
func TestParseDrill_refusesWhatIsNotWhole(t *testing.T) {
	whole := someDrill().Encode()
	for n := range len(whole) - 2 {
		if d, err := state.ParseDrill(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes are %+v", n, len(whole), d)
		}
	}
	for _, change := range [][2]string{
		{"vmxsync.drill/1", "vmxsync.drill/2"},
		{`"failed"`, `"fine"`},
		{`"Bart~2/`, `"a/Bart~2/`},
		{"2026-11-21-010000", "latest"},
		{`7340032`, `-1`},
		{`: 90,`, `: -90,`},
		{`: 90,`, `: 1e30,`},
		{`"read"`, `"guess"`},
		{`-0a1b2c3d4e5f`, `/../x`},
		{`"2026-11-22T01:00:00Z"`, `"0001-01-01T00:00:00Z"`},
	} {
		if d, err := state.ParseDrill([]byte(strings.Replace(string(whole), change[0], change[1], 1))); err == nil {
			t.Errorf("with %s: %+v", change[1], d)
		}
	}
}

// Whatever a command prints, or a server answers, the record can be read again.
func TestDrill_longAndHostileTextsAreCut(t *testing.T) {
	d := someDrill()
	d.VM = strings.Repeat("v", 200)
	hostile := strings.Repeat("\x01\xff\"ä", 5000)
	d.Why, d.Name, d.Host, d.Tool = hostile, hostile, hostile, hostile
	for range 100 {
		d.Notes = append(d.Notes, hostile)
	}
	data := d.Encode()
	if len(data) > state.MaxDrill {
		t.Errorf("it has %d bytes", len(data))
	}
	if _, err := state.ParseDrill(data); err != nil {
		t.Error(err)
	}
}

func TestParseDrillName(t *testing.T) {
	d := someDrill()
	p := state.WorkDir(".vmxsync").Drill(d.Key, d.Run)
	name := strings.TrimPrefix(p, ".vmxsync/drills/")
	if k, run, err := state.ParseDrillName(name); err != nil || k != d.Key || run != d.Run {
		t.Errorf("%s: got %v, %q, %v", p, k, run, err)
	}
	for _, bad := range []string{"", "~", "Bart~2026-11-21-010000", "Bart~2026-11-21-010000~", "Bart~2026-11-21-010000~..", "Bart~2026-11-21-010000~UPPERCASE", "Bart~latest~20261122t010000z", "Bart~2026-11-21-010000~20261122t010000z.part"} {
		if k, run, err := state.ParseDrillName(bad); err == nil {
			t.Errorf("%q: got %v, %q", bad, k, run)
		}
	}
}

func FuzzParseDrill(f *testing.F) {
	f.Add(someDrill().Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := state.ParseDrill(data)
		if err != nil {
			return
		}
		again, err := state.ParseDrill(d.Encode())
		if err != nil || again.Key != d.Key || again.Run != d.Run || again.Verdict != d.Verdict || again.Took() != d.Took() {
			t.Errorf("what was read does not read back: %+v, %v", again, err)
		}
		if k, run, err := state.ParseDrillName(d.Decorated() + "~" + d.Run); err != nil || k != d.Key || run != d.Run {
			t.Errorf("its name does not read back: %v, %q, %v", k, run, err)
		}
	})
}

// A clock with whole seconds may show the same for two drills: one that failed is not
// forgotten for it.
func TestDrill_ByTime(t *testing.T) {
	began := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	passed := state.Drill{Run: "b", Verdict: state.Passed, Began: began}
	failed := state.Drill{Run: "a", Verdict: state.Failed, Began: began}
	later := state.Drill{Run: "a", Verdict: state.Passed, Began: began.Add(time.Second)}
	if passed.ByTime(failed) >= 0 || failed.ByTime(passed) <= 0 || failed.ByTime(later) >= 0 || passed.ByTime(passed) != 0 {
		t.Error("want passed before failed before what began later")
	}
}
