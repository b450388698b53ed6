package apply_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/local"
)

// disk is a world of folders below one.
type disk string

// onDisk copies a world, with the times of its files.
func onDisk(t *testing.T, w *world) disk {
	t.Helper()
	d := disk(t.TempDir())
	for place := range w.stores {
		must0(t, os.MkdirAll(d.path(place, "."), 0o755))
		for p, text := range w.tree(t, place) {
			to := d.path(place, p)
			if text == "/" {
				must0(t, os.MkdirAll(to, 0o755))
				continue
			}
			must0(t, os.MkdirAll(filepath.Dir(to), 0o755))
			must0(t, os.WriteFile(to, []byte(text), 0o644))
			must0(t, os.Chtimes(to, yesterday(), yesterday()))
		}
	}
	return d
}

func must0(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d disk) path(place, p string) string {
	return filepath.Join(string(d), place, filepath.FromSlash(p))
}

func (d disk) trees(t *testing.T, w *world) map[string]tree {
	t.Helper()
	all := map[string]tree{}
	for place := range w.stores {
		all[place] = tree{}
		root := os.DirFS(d.path(place, "."))
		must0(t, fs.WalkDir(root, ".", func(p string, e fs.DirEntry, err error) error {
			switch {
			case err != nil || p == ".":
				return err
			case e.IsDir():
				all[place][p] = "/"
				return nil
			}
			text, err := fs.ReadFile(root, p)
			all[place][p] = string(text)
			return err
		}))
	}
	return all
}

// apply is one process: it opens places and journal anew.
func (d disk) apply(t *testing.T, x trial, script *faults.Script) error {
	t.Helper()
	j, err := journal.Open(d.path("plan.out.journal", "."), journal.Header{Run: thisRun, Plan: "p", Created: now()}, now)
	must0(t, err)
	defer j.Close()
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Journal: j, Parallelism: 1}
	for place := range x.start.stores {
		settings := local.NewSettings()
		settings.Path, settings.Connections = d.path(place, "."), 1
		store, err := local.Open(t.Context(), settings)
		must0(t, err)
		defer store.Close()
		opts.Stores[place] = faults.Wrap(store, script)
	}
	_, err = apply.Run(t.Context(), x.plan, opts)
	return err
}

// TestRun_crashOnDisk is TestRun_crashEverywhere on folders and with a real
// journal, for a sample of the calls to stores.
func TestRun_crashOnDisk(t *testing.T) {
	t.Parallel()
	for _, name := range []string{chainScene, "replace"} {
		x := newTrial(t, scene(t, name))
		count := faults.New()
		must0(t, onDisk(t, x.start).apply(t, x, count))
		calls := count.Calls()
		for i := 0; i < len(calls); i += sparse(17) {
			for _, when := range whens(calls[i]) {
				d := onDisk(t, x.start)
				script := faults.New(faults.Crash(i, when))
				d.apply(t, x, script)
				must0(t, script.AllHit())
				if err := d.apply(t, x, faults.New()); err != nil && !errors.Is(err, apply.ErrApplied) {
					t.Fatalf("%s: crash %s %s, then: %v", name, when, calls[i], err)
				}
				if why := unlike(x.end, d.trees(t, x.start)); why != "" {
					t.Fatal(fmt.Sprintf("%s: crash %s %s:", name, when, calls[i]), why)
				}
			}
		}
	}
}
