package local_test

import (
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// taken opens a file as a program does that shares it with nobody.
func taken(t *testing.T, path string) {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { windows.CloseHandle(h) })
}

// One file that nobody may open hides neither itself nor what is beside it.
func TestList_showsAFileThatIsOpenElsewhere(t *testing.T) {
	root := t.TempDir()
	store, ctx := open(t, root, 1), t.Context()
	providertest.Fill(t, store, map[string]string{"vm/disk": "text", "vm/other": "more"})
	before, err := store.List(ctx, "vm")
	if err != nil {
		t.Fatal(err)
	}
	taken(t, filepath.Join(root, "vm", "disk"))
	after, err := store.List(ctx, "vm")
	if err != nil || len(after) != 2 || after[0] != before[0] || after[1] != before[1] {
		t.Errorf("got %v, %v, want %v", after, err, before)
	}
	if f, err := store.Stat(ctx, "vm/disk"); err != nil || f != before[0] {
		t.Errorf("got %v, %v, want %v", f, err, before[0])
	}
	_, opened := store.Open(ctx, "vm/disk", 0)
	for did, err := range map[string]error{
		"open":   opened,
		"put":    store.Put(ctx, "vm/disk", providertest.Text("new")),
		"remove": store.Remove(ctx, "vm/disk"),
		"rename": store.Rename(ctx, "vm/disk", "vm/moved"),
	} {
		if !errors.Is(err, providers.ErrInUse) {
			t.Errorf("%s: got %v, want %v", did, err, providers.ErrInUse)
		}
	}
}
