package contract_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
)

func readFrom(t *testing.T, body providers.Body, offset int64) []byte {
	t.Helper()
	r, err := body.Open(offset)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNoise_isTheSameFromEveryOffset(t *testing.T) {
	body := contract.Noise{Seed: 3, Bytes: 1000}
	whole := readFrom(t, body, 0)
	if int64(len(whole)) != body.Size() {
		t.Fatalf("got %d bytes, want %d", len(whole), body.Size())
	}
	for offset := range body.Size() + 1 {
		if got := readFrom(t, body, offset); !bytes.Equal(got, whole[offset:]) {
			t.Fatalf("from byte %d: got %x, want %x", offset, got, whole[offset:])
		}
	}
}

func TestNoise_differsBySeed(t *testing.T) {
	a, b := readFrom(t, contract.Noise{Seed: 1, Bytes: 64}, 0), readFrom(t, contract.Noise{Seed: 100, Bytes: 64}, 0)
	if bytes.Equal(a, b) {
		t.Errorf("two seeds give the same %x", a)
	}
}

func TestText_startsAtItsOffset(t *testing.T) {
	if got := readFrom(t, contract.Text("0123"), 1); string(got) != "123" {
		t.Errorf("got %q, want %q", got, "123")
	}
}
