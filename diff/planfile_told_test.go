package diff_test

import (
	"flag"
	"os"
	"reflect"
	"testing"

	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var updateGolden = flag.Bool("update-golden", false, "write testdata/plan-2.json and plan-2-told.json, which is done once for a format")

// What a plan says of those who are told is read for ever, as the rest of it.
func TestOpen_goldenOfThoseWhoAreTold(t *testing.T) {
	const golden = "testdata/plan-2-told.json"
	metrics := &config.Metrics{Textfile: "/var/lib/node_exporter/vmxsync.prom"}
	log := &config.Log{File: "/var/log/vmxsync.log", Level: "trace", Format: "json", MaxSize: 1 << 20, MaxFiles: 3}
	if *updateGolden {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...)
		w.spec.Hooks, w.spec.Notifies, w.spec.Metrics, w.spec.Log = []config.Hook{wake()}, notifies(), metrics, log
		if err := os.WriteFile(golden, seal(t, w.compute(t), []byte("golden")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := planfile.Open(data, []byte("golden"))
	if err != nil {
		t.Fatal(err)
	}
	p := saved.Plan
	if !reflect.DeepEqual(p.Hooks, []config.Hook{wake()}) || !reflect.DeepEqual(p.Notifies, notifies()) || !reflect.DeepEqual(p.Metrics, metrics) || !reflect.DeepEqual(p.Log, log) {
		t.Errorf("got %+v, %+v, %+v, %+v", p.Hooks, p.Notifies, p.Metrics, p.Log)
	}
}
