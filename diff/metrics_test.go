package diff_test

import (
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

func TestOpen_bringsMetricsBackOrRefusesThem(t *testing.T) {
	for file, want := range map[string]error{
		"/var/lib/node_exporter/vmxsync.prom": nil, "": planfile.ErrInvalid, "/etc/passwd": planfile.ErrInvalid, "a\x00.prom": planfile.ErrInvalid,
	} {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...)
		w.spec.Metrics = &config.Metrics{Textfile: file}
		saved, err := planfile.Open(seal(t, w.compute(t), nil), nil)
		if !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", file, err, want)
		}
		if err == nil && saved.Plan.Metrics.Textfile != file {
			t.Errorf("got %+v, want %q", saved.Plan.Metrics, file)
		}
	}
}
