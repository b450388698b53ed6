package diff_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

func wantLesser(t *testing.T, w *world, want string) {
	t.Helper()
	got := ""
	for _, n := range w.compute(t).Notices {
		if n.Code == "lesser" && n.Warns() {
			got += n.Text
		}
	}
	if want != "" {
		want = "vmx: 1 set holds less than the one before. " + want +
			" Did the backup program fail? Files that come and go (logs) belong into ignore."
	}
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestLesser_comparesTheNewestWithTheOneBefore(t *testing.T) {
	whole := set(key(20), state.Complete)
	for name, c := range map[string]struct {
		newest []string
		want   string
	}{
		"the same":        {[]string{"disk.vmdk", "vm.vmx:12"}, ""},
		"a file more":     {[]string{"disk.vmdk", "disk2.vmdk", "vm.vmx:12"}, ""},
		"a file less":     {[]string{"vm.vmx:5000"}, "Bart/2026-11-21-010000: without disk.vmdk, which 2026-11-20-010000 had."},
		"exactly half":    {[]string{"disk.vmdk:494", "vm.vmx:12"}, ""},
		"less than half":  {[]string{"disk.vmdk:493", "vm.vmx:12"}, "Bart/2026-11-21-010000: 505 B, where 2026-11-20-010000 had 1012 B."},
		"much more":       {[]string{"disk.vmdk:9999", "vm.vmx:12"}, ""},
		"another's names": {[]string{"DISK.vmdk", "vm.vmx:12"}, "Bart/2026-11-21-010000: without disk.vmdk, which 2026-11-20-010000 had."},
	} {
		t.Run(name, func(t *testing.T) {
			newest := set(key(21), state.Complete, c.newest...)
			wantLesser(t, newWorld().holds("vmx", whole, newest), c.want)
			wantLesser(t, newWorld().holds("nas", whole).holds("vmx", newest), c.want) // pruned here
		})
	}
}

func TestLesser_knowsWhatIsComparable(t *testing.T) {
	whole, less := set(key(20), state.Complete), set(key(21), state.Complete, "vm.vmx:12")
	wantLesser(t, newWorld().holds("vmx", less), "")
	wantLesser(t, newWorld().holds("vmx", set(key(20), state.NotReady), less), "")
	wantLesser(t, newWorld().holds("nas", set(key(20), state.Unmarked)).holds("vmx", less), "")
	wantLesser(t, newWorld().holds("vmx", less, set(key(22), state.Complete, "vm.vmx:12")).holds("nas", whole), "")

	w := newWorld().holds("vmx", whole, less)
	w.vmx().Ignore = []string{"*.vmdk"}
	wantLesser(t, w, "")
	w.vmx().Ignore = nil
	w.spec.Backups[0].Exclude = []string{"Bart"}
	wantLesser(t, w, "")
}

// It goes on until a whole set comes, uploaded or not.
func TestLesser_isSaidOfWhatWasUploaded(t *testing.T) {
	whole, less := set(key(20), state.Complete), set(key(21), state.Complete, "vm.vmx:12")
	w := newWorld().holds("vmx", whole, less).holds("nas", whole, less)
	wantLesser(t, w, "Bart/2026-11-21-010000: without disk.vmdk, which 2026-11-20-010000 had.")
	if p := w.compute(t); p.Summary != (diff.Summary{Unchanged: 2}) {
		t.Errorf("got %+v, want nothing to do", p.Summary)
	}
}
