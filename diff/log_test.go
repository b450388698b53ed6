package diff_test

import (
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

func TestOpen_refusesAnImpossibleLog(t *testing.T) {
	for _, spoil := range []func(*config.Log){
		func(*config.Log) {},
		func(l *config.Log) { l.File = "" },
		func(l *config.Log) { l.File = "a\x00" },
		func(l *config.Log) { l.Level = "loud" },
		func(l *config.Log) { l.Format = "xml" },
		func(l *config.Log) { l.MaxSize = 0 },
		func(l *config.Log) { l.MaxFiles = 0 },
		func(l *config.Log) { l.MaxFiles = 1 << 20 },
	} {
		log, want := config.DefaultLog(), planfile.ErrInvalid
		log.File = "/var/log/vmxsync.log"
		good := log
		if spoil(&log); log == good {
			want = nil
		}
		w := newWorld().holds("vmx", sets(state.Complete, 21)...)
		w.spec.Log = &log
		if _, err := planfile.Open(seal(t, w.compute(t), nil), nil); !errors.Is(err, want) {
			t.Errorf("%+v: got %v, want %v", log, err, want)
		}
	}
}
