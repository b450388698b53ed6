package diff_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// Whatever keeps the newest set of a VM from a destination is an error, and a plan
// without one may say that all is well.
func TestCompute_newestSetThatIsNotBackedUpIsAnError(t *testing.T) {
	troubled := func(k state.Key, s state.State, why string) state.Set {
		x := set(k, s)
		x.Problem = why
		return x
	}
	young := set(key(21), state.Unmarked)
	young.Files = filesOf("disk.vmdk")
	young.Files[0].ModTime = noon.Add(-time.Minute)
	for name, c := range map[string]struct {
		local, remote []state.Set
		edit          func(*world)
		says          string // of the error; "": there is none
	}{
		"all is well":                 {sets(state.Complete, 20, 21), sets(state.Complete, 20, 21), nil, ""},
		"it is planned":               {sets(state.Complete, 20, 21), sets(state.Complete, 20), nil, ""},
		"it is still being written":   {[]state.Set{set(key(20), state.Complete), set(key(21), state.Settling)}, sets(state.Complete, 20), nil, ""},
		"no bytes":                    {[]state.Set{set(key(20), state.Complete), troubled(key(21), state.NotReady, "it holds no bytes")}, sets(state.Complete, 20), nil, "it holds no bytes"},
		"unreadable":                  {[]state.Set{set(key(20), state.Complete), troubled(key(21), state.Unreadable, "permission denied")}, sets(state.Complete, 20), nil, "permission denied"},
		"an older one is not ready":   {[]state.Set{troubled(key(20), state.NotReady, "it holds no bytes"), set(key(21), state.Complete)}, sets(state.Complete, 21), nil, ""},
		"it differs":                  {sets(state.Complete, 20, 21), []state.Set{set(key(20), state.Complete), set(key(21), state.Complete, "other.vmdk")}, nil, "differs from it"},
		"it is damaged":               {sets(state.Complete, 21), []state.Set{set(key(21), state.Damaged)}, nil, "is damaged"},
		"another unmarked one":        {sets(state.Complete, 21), []state.Set{set(key(21), state.Unmarked, "other.vmdk")}, nil, "an unmarked set with other contents is in its place"},
		"another tool is at work":     {sets(state.Complete, 21), []state.Set{young}, nil, ""},
		"it is named in the future":   {[]state.Set{set(key(28), state.Complete)}, sets(state.Complete, 20), nil, ""},
		"it is left out on purpose":   {sets(state.Complete, 20, 21), sets(state.Complete, 20), func(w *world) { w.options.Exclude = []string{"nas/Bart/2026-11-21-010000"} }, ""},
		"a listing failed there":      {sets(state.Complete, 21), nil, func(w *world) { unknownAt(w, "nas") }, "550 Permission denied"},
		"a listing failed here":       {sets(state.Complete, 21), sets(state.Complete, 21), func(w *world) { unknownAt(w, "vmx") }, "550 Permission denied"},
		"what stands there is a file": {sets(state.Complete, 21), nil, func(w *world) { w.change("nas", func(i *state.Inventory) { i.Foreign = []string{"Bart"} }) }, "is in the place of its folder"},
		"a manifest cannot be read":   {sets(state.Complete, 21), []state.Set{troubled(key(21), state.Unknown, "450 busy")}, nil, "450 busy"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld().holds("vmx", c.local...).holds("nas", c.remote...)
			if c.edit != nil {
				c.edit(w)
			}
			p := w.compute(t)
			var texts []string
			for _, n := range p.Failures() {
				texts = append(texts, n.Text)
				if n.Brief == "" {
					t.Errorf("%s has no brief form", n.Text)
				}
			}
			got := strings.Join(texts, "\n")
			if c.says == "" && got != "" || !strings.Contains(got, c.says) {
				t.Errorf("got errors %q, want one with %q", got, c.says)
			}
			all, err := diff.Standings(w.input())
			if err != nil {
				t.Fatal(err)
			}
			bad := slices.ContainsFunc(all, func(s diff.Standing) bool { return s.Unreadable+s.NotBackedUp+s.Unknown != "" })
			if bad != (c.says != "") {
				t.Errorf("got standings %+v, want an error in them: %v", all, c.says != "")
			}
		})
	}
}

func unknownAt(w *world, place string) {
	w.change(place, func(i *state.Inventory) {
		i.UnknownVMs = map[string]string{"Bart": "550 Permission denied"}
	})
}

// A set that waits for its ready file is a note at first, and a warning when it has
// waited for longer than a backup takes.
func TestCompute_setThatWaitsForItsReadyFile(t *testing.T) {
	waits := set(key(22), state.NotReady)
	waits.Awaited = true
	w := newWorld().holds("vmx", set(key(21), state.Complete), waits).holds("nas", sets(state.Complete, 21)...)
	for now, want := range map[time.Duration]struct {
		code  string
		class diff.Class
	}{0: {"awaited", diff.NoteClass}, 48 * time.Hour: {"overdue", diff.WarningClass}} {
		in := w.input()
		in.Now = in.Now.Add(now)
		p, err := diff.Compute(in)
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(p.Notices, func(n diff.Notice) bool { return n.Code == want.code && n.Class == want.class }); i < 0 || len(p.Failures()) > 0 {
			t.Errorf("after %s: got %v, want %s", now, p.Notices, want.code)
		}
	}
}
