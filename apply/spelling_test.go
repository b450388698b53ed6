package apply_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/providers"
)

// respelling finds a folder of a VM by the name it was sent, and lists it by
// another one, as Twisted does with names beyond ASCII.
type respelling struct{ providers.Store }

func (r respelling) List(ctx context.Context, dir string) ([]providers.File, error) {
	files, err := r.Store.List(ctx, dir)
	for i := range files {
		if strings.HasSuffix(dir, "staging") {
			files[i].Path = strings.Replace(files[i].Path, "Bart", "BÃ¤rt", 1)
		}
	}
	return files, err
}

func TestRun_folderThatTheServerRespellsIsAnErrorBeforeThePayload(t *testing.T) {
	w := scene(t, chainScene)
	stores := map[string]providers.Store{"vms": w.stores["vms"], "nas": respelling{w.stores["nas"]}, "usb": w.stores["usb"]}
	r, err := apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Now: now})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart21, "another spelling")
	if r.Uploaded != 0 {
		t.Errorf("%d bytes were sent, want none", r.Uploaded)
	}
}
