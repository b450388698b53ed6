package state_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/state"
)

func mustLayout(t testing.TB, text string) state.Layout {
	t.Helper()
	l, err := state.ParseLayout(text)
	if err != nil {
		t.Fatalf("ParseLayout(%q): %v", text, err)
	}
	return l
}

func TestLayout_readsWhatItPrints(t *testing.T) {
	for _, text := range []string{
		state.DefaultLayout,
		"{vm}/{vm}-%Y-%m-%d_%H-%M-%S",
		"%Y/%m/{vm}/%d-%H%M%S",
		"backup-%F-%H%M%S.{vm}",
		"{vm}/%Y%j%H%M%S",
		"100%%/{vm}/%y%m%d%H%M%S",
	} {
		l := mustLayout(t, text)
		rapid.Check(t, func(t *rapid.T) {
			k := state.Key{
				VM:    rapid.StringMatching(`[A-Za-z0-9äöü ~._-]{0,8}[A-Za-z0-9]`).Draw(t, "vm"),
				Stamp: state.Stamp(rapid.StringMatching(`20\d\d-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])-([01]\d|2[0-3])[0-5]\d[0-5]\d`).Draw(t, "stamp")),
			}
			got, ok := l.Key(l.Path(k))
			if !ok || got != k {
				t.Fatalf("layout %s: Key(%q) = %v, %v, want %v", text, l.Path(k), got, ok, k)
			}
		})
	}
}

func TestLayout_Key_foreign(t *testing.T) {
	l := mustLayout(t, state.DefaultLayout)
	for _, p := range []string{
		"Bart/2026-3-8-010000", "Bart/2026-02-30-010000", "Bart/2026-11-21-010000.old", "Bart/2026-11-21-240000",
		"Bart", "Bart/2026-11-21-010000/x", "/2026-11-21-010000", "Bart/0000-01-01-000000", "Bart/latest", "lost+found/x",
		"Bart/２０２６-11-21-010000",
	} {
		if k, ok := l.Key(p); ok {
			t.Errorf("Key(%q) = %v, want foreign", p, k)
		}
	}
	twice := mustLayout(t, "{vm}/{vm}-%Y-%m-%d_%H-%M-%S")
	if k, ok := twice.Key("web01/web02-2026-11-21_01-00-00"); ok {
		t.Errorf("two VM names in one path: got %v, want foreign", k)
	}
}

func TestLayout_Fits_prunesForeignFolders(t *testing.T) {
	l := mustLayout(t, "%Y/{vm}/%m-%d-%H%M%S")
	if _, ok := l.Fits("lost+found"); ok {
		t.Error("Fits(lost+found) = true, want false")
	}
	if vm, ok := l.Fits("2026"); !ok || vm != "" {
		t.Errorf("Fits(2026) = %q, %v, want no VM yet", vm, ok)
	}
	if vm, ok := l.Fits("2026/Bart"); !ok || vm != "Bart" {
		t.Errorf("Fits(2026/Bart) = %q, %v", vm, ok)
	}
}

func TestParseLayout_refuses(t *testing.T) {
	for _, text := range []string{
		"", "%Y-%m-%d", "{vm}", "{vm}/%Y-%m", "{vm}/%Y-%m-%d-%s", "{vm}//%F", "../{vm}/%F", "{vm}/a/b/c/%F", "{name}/%F", "{vm}/%Y-%m-%d-%", "/{vm}/%F",
	} {
		if _, err := state.ParseLayout(text); err == nil {
			t.Errorf("ParseLayout(%q) = nil error", text)
		}
	}
}

func TestLayout_Keeps(t *testing.T) {
	full, day, julian := mustLayout(t, state.DefaultLayout), mustLayout(t, "{vm}/%F"), mustLayout(t, "{vm}/%Y%j")
	if day.Keeps(full) {
		t.Error("a layout of days keeps the hours of another")
	}
	if !full.Keeps(day) || !julian.Keeps(day) || !full.Keeps(julian) {
		t.Error("a layout does not keep the day of another")
	}
}
