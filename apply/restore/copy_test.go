package restore_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	apply "github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/providers"
)

// copyDisk writes the disk of the set from these places.
func copyDisk(t *testing.T, w *world, stores map[string]providers.Store, places ...string) ([]byte, error) {
	t.Helper()
	p := w.plan(t, places...)
	for _, f := range p.Sets[0].Files {
		if f.Path == "disk-flat.vmdk" {
			p.Sets[0].Files[0] = f
		}
	}
	p.Sets[0].Files = p.Sets[0].Files[:1]
	for name, s := range w.stores {
		if stores[name] == nil {
			stores[name] = s
		}
	}
	var b bytes.Buffer
	err := apply.Copy(t.Context(), p, apply.Options{Stores: stores, Pause: func(context.Context, int) error { return nil }}, &b)
	return b.Bytes(), err
}

func TestCopy_oneFile(t *testing.T) {
	got, err := copyDisk(t, newWorld("nas"), map[string]providers.Store{}, "nas")
	if err != nil || !bytes.Equal(got, disk()) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestCopy_continuesAtAnotherPlace(t *testing.T) {
	w := newWorld("nas", "usb")
	got, err := copyDisk(t, w, map[string]providers.Store{"nas": liar(w.stores["nas"], cutAt(9*block))}, "nas", "usb")
	if err != nil || !bytes.Equal(got, disk()) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestCopy_tellsThatItDoesNotFit(t *testing.T) {
	w := newWorld("nas")
	_, err := copyDisk(t, w, map[string]providers.Store{"nas": liar(w.stores["nas"], flip(3*block))}, "nas")
	if !errors.Is(err, providers.ErrMismatch) {
		t.Errorf("got %v, want ErrMismatch", err)
	}
}

func TestCopy_endsWithItsReader(t *testing.T) {
	w := newWorld("nas")
	p := w.plan(t, "nas")
	p.Sets[0].Files = p.Sets[0].Files[1:2]
	err := apply.Copy(t.Context(), p, apply.Options{Stores: map[string]providers.Store{"nas": w.stores["nas"]}}, broken{})
	if !errors.Is(err, errDead) {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errDead }
