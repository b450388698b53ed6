package ftp_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// A listing that ends early with a good reply is an error wherever it ends; in
// the middle of a name, it would name what is not there.
func TestOutage_aListingCutAnywhere(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{}), calmly, ftptest.Faults{})
		providertest.Fill(t, o.store, map[string]string{"kept/long-name": "x"})
		whole := names(t, o.store)
		short := 0
		for n := int64(1); ; n++ {
			if err := o.relay.Set(ftptest.Faults{EndDownload: n}); err != nil {
				t.Fatal(err)
			}
			files, err := o.store.List(t.Context(), "kept")
			if o.relay.Hits(ftptest.EndDownload) == 0 {
				if err != nil {
					t.Errorf("the whole listing: %v", err)
				}
				break
			}
			switch {
			case err == nil:
				short++
				expectAmong(t, files, whole)
			case !errors.Is(err, providers.ErrListing):
				t.Errorf("cut after %d bytes: got %v, want %v", n, err, providers.ErrListing)
			}
		}
		// Right after a line, and after the last one, nothing tells.
		if most := len(whole) + 3; short > most { // "total 8", "." and ".."
			t.Errorf("%d listings that were cut are no error, want %d at most", short, most)
		}
	})
}

func names(t *testing.T, store providers.Store) []string {
	t.Helper()
	files, err := store.List(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		all = append(all, f.Path)
	}
	return all
}

func expectAmong(t *testing.T, files []providers.File, whole []string) {
	t.Helper()
	for _, f := range files {
		if !slices.Contains(whole, f.Path) {
			t.Errorf("a cut listing has %q, which is not there", f.Path)
		}
	}
}
