package diff_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// where is the Settings of test places.
type where struct {
	URL string `json:"url"`
}

func (where) Check() []providers.Problem { return nil }
func (w where) Place() string            { return w.URL }

// world is one source and any number of destinations, as a test sees them.
type world struct {
	spec    config.Spec
	inv     map[string]state.Inventory
	partial bool
	shrink  bool           // -allow-shrink
	options diff.Options   // the other flags
	start   []state.Staged // of nas, at first
	now     time.Time      // zero: noon
}

// newWorld sends all VMs of vmx to nas, and keeps the newest three.
func newWorld() *world {
	layout, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		panic(err)
	}
	return &world{
		spec: config.Spec{
			Name: "site",
			Sources: []config.Source{{
				Name: "vmx", Type: "local", Settings: where{"/backups"}, Layout: layout, Settle: 10 * time.Minute, OnEmpty: "error",
			}},
			Destinations: []config.Destination{{
				Name: "nas", Type: "ftp", Settings: where{"ftp://nas:21/vm"}, Layout: layout, WorkDir: ".vmxsync",
			}},
			Policies: []config.Policy{{Name: "standard", KeepLast: 3, MinKeep: 1}},
			Backups: []config.Backup{{
				Name: "default", Source: "vmx", VMs: []string{"*"}, Copies: []config.Copy{{Destination: "nas", Policy: "standard"}},
			}},
			Guard: config.DefaultGuard(),
		},
		inv: map[string]state.Inventory{"vmx": {Place: "vmx"}, "nas": {Place: "nas", Owner: "site"}},
	}
}

func (w *world) nas() *config.Destination { return &w.spec.Destinations[0] }
func (w *world) vmx() *config.Source      { return &w.spec.Sources[0] }
func (w *world) standard() *config.Policy { return &w.spec.Policies[0] }

// holds adds sets to a place.
func (w *world) holds(place string, sets ...state.Set) *world {
	inv := w.inv[place]
	inv.Sets = append(inv.Sets, sets...)
	slices.SortFunc(inv.Sets, func(a, b state.Set) int { return a.Compare(b.Key) })
	w.inv[place] = inv
	return w
}

func (w *world) change(place string, f func(*state.Inventory)) *world {
	inv := w.inv[place]
	f(&inv)
	w.inv[place] = inv
	return w
}

func (w *world) stages(staged ...state.Staged) *world {
	return w.change("nas", func(inv *state.Inventory) { inv.Staged = append(inv.Staged, staged...) })
}

func (w *world) trashes(t ...state.Trashed) *world {
	return w.change("nas", func(inv *state.Inventory) { inv.Trash = append(inv.Trash, t...) })
}

func (w *world) input() diff.Input {
	o := w.options
	o.Partial, o.AllowShrink = w.partial, w.shrink
	return diff.Input{Spec: &w.spec, Inventories: w.inv, Now: cmp.Or(w.now, noon), Options: o}
}

func (w *world) compute(t testing.TB) *diff.Plan {
	t.Helper()
	p, err := diff.Compute(w.input())
	if err != nil {
		t.Fatalf("Compute: %v", err)
	}
	return p
}

// key is Bart's set of a night of November 2026.
func key(day int) state.Key { return keyOf("Bart", day) }

func keyOf(vm string, day int) state.Key {
	return state.Key{VM: vm, Stamp: state.Stamp(fmt.Sprintf("2026-11-%02d-010000", day))}
}

// set has one file of 1000 bytes for each name, or "name:size".
func set(k state.Key, s state.State, names ...string) state.Set {
	if len(names) == 0 {
		names = []string{"disk.vmdk", "vm.vmx:12"}
	}
	path := k.String()
	return state.Set{Key: k, State: s, Path: path, Files: filesOf(names...), Marked: s == state.Complete}
}

func filesOf(names ...string) []state.File {
	var files []state.File
	for _, name := range names {
		f := state.File{Path: name, Size: 1000, ModTime: noon.Add(-6 * time.Hour)}
		if base, size, ok := strings.Cut(name, ":"); ok {
			f.Path = base
			fmt.Sscan(size, &f.Size)
		}
		files = append(files, f)
	}
	return files
}

func sets(s state.State, days ...int) []state.Set {
	var list []state.Set
	for _, d := range days {
		list = append(list, set(key(d), s))
	}
	return list
}

// staged is a started upload of a set; whole, if complete.
func staged(s state.Set, complete bool) state.Staged {
	work := state.WorkDir(".vmxsync")
	x := state.Staged{Key: s.Key, Path: work.Staged(s.Key), Set: s, Claim: &state.Claim{Kind: "upload", Key: s.Key, Files: s.Files}}
	x.Set.State, x.Set.Path, x.Set.Marked = state.Incomplete, work.StagedSet(s.Key), complete
	x.Files = append(x.Files, state.File{Path: "claim", Size: 50})
	if complete {
		x.Set.State = state.Complete
		x.Files = append(x.Files, state.File{Path: "set/" + state.ManifestName, Size: 90})
	}
	for _, f := range s.Files {
		f.Path = "set/" + f.Path
		x.Files = append(x.Files, f)
	}
	slices.SortFunc(x.Files, func(a, b state.File) int { return strings.Compare(a.Path, b.Path) })
	return x
}

func trashed(s state.Set, run string, replaced bool) state.Trashed {
	work := state.WorkDir(".vmxsync")
	path := work.Deleted(s.Key, run)
	if replaced {
		path = work.Replaced(s.Key, run)
	}
	return state.Trashed{Key: s.Key, Path: path, Run: run, Replaced: replaced, Files: s.Files}
}

// say writes the changes as "+upload nas/Bart/...", the cleanups as
// "(staging) path".
func say(p *diff.Plan) []string {
	var lines []string
	for _, c := range p.Changes {
		lines = append(lines, fmt.Sprintf("%c%s %s", rune(c.Action), c.Mode, c.Address))
	}
	for _, c := range p.Cleanups {
		lines = append(lines, fmt.Sprintf("(%s) %s", c.Kind, c.Path))
	}
	return lines
}

func wantPlan(t testing.TB, p *diff.Plan, want ...string) {
	t.Helper()
	if got := say(p); !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// notice returns the text of the notice of that code.
func notice(t testing.TB, p *diff.Plan, code string) string {
	t.Helper()
	for _, n := range p.Notices {
		if n.Code == code {
			return n.Text
		}
	}
	t.Errorf("no notice of code %s in %v", code, p.Notices)
	return ""
}

func wantNotice(t testing.TB, p *diff.Plan, code, want string) {
	t.Helper()
	if got := notice(t, p, code); got != want {
		t.Errorf("notice %s:\n got %s\nwant %s", code, got, want)
	}
}

// expand is the steps of a plan, as a person reads them.
func expand(t interface{ Fatalf(string, ...any) }, p *diff.Plan) diff.Steps {
	steps, err := diff.Expand(p, diff.RunPlaceholder)
	if err != nil {
		t.Fatalf("Expand: %v", err)
	}
	return steps
}
