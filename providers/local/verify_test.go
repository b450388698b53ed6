package local_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/local"
)

func TestVerify_readsBackWhatIsAskedFor(t *testing.T) {
	sum := sha256.Sum256([]byte("text"))
	for how, want := range map[string]error{
		"": nil, providers.VerifySize: nil, providers.VerifyHash: providers.ErrMismatch, providers.VerifyReadback: providers.ErrMismatch,
	} {
		s := local.NewSettings()
		s.Path, s.Transfer = t.TempDir(), &local.Transfer{Verify: how}
		store, err := local.Open(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		body := contract.Text("text")
		if err := store.Put(t.Context(), "file", body); err != nil {
			t.Fatal(err)
		}
		if err := store.Verify(t.Context(), "file", body, hex.EncodeToString(sum[:])); err != nil {
			t.Errorf("%q: sound: %v", how, err)
		}
		if err := os.WriteFile(filepath.Join(s.Path, "file"), []byte("test"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := store.Verify(t.Context(), "file", body, hex.EncodeToString(sum[:])); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%q: changed: got %v, want %v", how, err, want)
		}
	}
}
