package step_test

import (
	"context"
	"os"
	"path"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// A claim that replaces what an earlier upload has left knows nothing of it any more: a file
// that the journal has as done would count as there, and not be sent.
func TestClaim_forgetsWhatItReplaces(t *testing.T) {
	e := uploadOf(t, "disk.vmdk", "new contents")
	staged := e.Place.WorkDir.Staged(e.Key)
	was := state.Claim{Kind: state.UploadClaim, Key: e.Key, Run: "earlier", Files: []state.File{{Path: "disk.vmdk", Size: 12, ID: "another file"}}}
	write(t, e.Store, path.Join(staged, state.StagedClaim), string(was.Encode()))
	write(t, e.Store, path.Join(staged, state.StagedSet, "disk.vmdk"), "old contents")
	e.Upload.Left = map[string]int64{"disk.vmdk": 12} // as its check has seen it
	if _, err := do(t, e, diff.OpClaim); err != nil {
		t.Fatal(err)
	}
	if !e.Upload.Fresh || len(e.Upload.Left) > 0 {
		t.Errorf("fresh: %v, left: %v", e.Upload.Fresh, e.Upload.Left)
	}
	s, _ := e.First(diff.OpPut)
	e.Journal = done{s.ID: "a sum"}
	put, err := step.New(s, e)
	if err != nil {
		t.Fatal(err)
	}
	if there, err := put.Check(t.Context(), journal.Done); there || err != nil {
		t.Errorf("the file counts as there: %v, %v", there, err)
	}
}

// done is a journal that has some steps as done, with their sums.
type done map[string]string

func (d done) Of(id string) (journal.Status, journal.Result) {
	if sum, ok := d[id]; ok {
		return journal.Done, journal.Result{SHA256: sum}
	}
	return journal.Never, journal.Result{}
}

// uploadOf is the job of an upload of a set with one file.
func uploadOf(t *testing.T, name, content string) task.Env {
	t.Helper()
	k := state.Key{VM: "web01", Stamp: "2026-11-22-010000"}
	layout, err := state.ParseLayout("{vm}/%Y-%m-%d-%H%M%S")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.MkdirAll(path.Join(root, layout.Path(k)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path.Join(root, layout.Path(k), name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	source, err := local.Open(t.Context(), &local.Settings{Path: root, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { source.Close() })
	tree, err := read.SourceSet(t.Context(), source, layout.Path(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	file := tree.Files[0]
	place := diff.Place{Name: "nas", WorkDir: ".vmxsync", Layout: layout}
	staged := place.WorkDir.Staged(k)
	return task.Env{
		Job: task.Job{
			Address: "nas/web01/2026-11-22-010000", Place: place, Key: k, Files: map[string]state.File{name: file},
			Change: diff.Change{From: layout.Path(k), Files: tree.Files, Bytes: file.Size},
			Steps: []diff.Step{
				{ID: "claim", Op: diff.OpClaim, To: path.Join(staged, state.StagedClaim)},
				{ID: "put", Op: diff.OpPut, From: path.Join(layout.Path(k), name), To: path.Join(staged, state.StagedSet, name), Size: file.Size},
			},
		}.Indexed(),
		Run: "now", Store: mem.New(time.Now), Source: source, Journal: done{}, Upload: &task.Upload{}, Learned: &task.Learned{},
		Now: time.Now, Guard: func(context.Context) error { return nil }, Emit: func(event.Event) {}, Uploaded: func(int64) {},
	}
}

// do does the first step of that op.
func do(t *testing.T, e task.Env, op diff.Op) (journal.Result, error) {
	t.Helper()
	s, _ := e.First(op)
	m, err := step.New(s, e)
	if err != nil {
		t.Fatal(err)
	}
	return m.Do(t.Context())
}

func write(t *testing.T, store providers.Store, p, text string) {
	t.Helper()
	if err := store.Put(t.Context(), p, remote.Bytes(text)); err != nil {
		t.Fatal(err)
	}
}
