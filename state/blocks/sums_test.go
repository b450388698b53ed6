package blocks_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
)

const small = 256

func sample() blocks.Sums {
	k := state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}
	return blocks.Sums{Key: k, Block: small, Files: []blocks.File{
		fileOf("Bart-flat.vmdk", bytes.Repeat([]byte("0123456789"), 100)),
		fileOf("sub/Bart (1).vmdk", bytes.Repeat([]byte{1}, 2*small)),
	}}
}

func fileOf(path string, data []byte) blocks.File {
	h := blocks.NewHash(small)
	h.Write(data)
	f := h.File()
	f.Path = path
	return f
}

func TestSums_roundTrip(t *testing.T) {
	for _, want := range []blocks.Sums{sample(), {Key: sample().Key, Block: blocks.Bytes}} {
		got, err := blocks.Parse(want.Encode())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(Encode) = %+v, %v, want %+v", got, err, want)
		}
	}
	f, there := sample().Of("sub/Bart (1).vmdk")
	if _, other := sample().Of("sub"); !there || other || len(f.Sums) != 2 {
		t.Errorf("the file of a path: %+v, %v, and %v for one that is not there", f, there, other)
	}
}

func TestParse_everyCutIsTorn(t *testing.T) {
	whole := sample().Encode()
	for n := range whole {
		if _, err := blocks.Parse(whole[:n]); !errors.Is(err, state.ErrTorn) && !errors.Is(err, state.ErrNewer) {
			t.Fatalf("cut after %d bytes: %v, want ErrTorn", n, err)
		}
	}
}

func TestParse_everyFlippedBitIsFound(t *testing.T) {
	whole := sample().Encode()
	for n := range whole {
		bent := bytes.Clone(whole)
		bent[n] ^= 1
		if s, err := blocks.Parse(bent); err == nil {
			t.Fatalf("bit flipped in byte %d: read as %+v", n, s)
		}
	}
}

func TestParse_newerFormatIsNotTorn(t *testing.T) {
	newer := strings.Replace(string(sample().Encode()), "blocks/1", "blocks/2", 1)
	if _, err := blocks.Parse([]byte(newer)); !errors.Is(err, state.ErrNewer) {
		t.Errorf("got %v, want ErrNewer", err)
	}
}

// TestParse_hostile: whoever can write the file can write its last line as well.
func TestParse_hostile(t *testing.T) {
	sum := strings.Repeat("ab", 32) + "\n"
	const address = "# address: Bart/2026-11-21-010000\n"
	for name, text := range map[string]string{
		"too few sums":      address + "# block: 64\n# file: 129 1 a\n" + sum + sum,
		"too many sums":     address + "# block: 64\n# file: 64 1 a\n" + sum + sum,
		"huge size":         address + "# block: 64\n# file: 9223372036854775807 1 a\n" + sum,
		"negative size":     address + "# block: 64\n# file: -1 0 a\n",
		"more data":         address + "# block: 64\n# file: 64 65 a\n" + sum,
		"no block":          address + "# file: 64 1 a\n" + sum,
		"block of zero":     address + "# block: 0\n# file: 64 1 a\n" + sum,
		"odd block":         address + "# block: 65\n# file: 64 1 a\n" + sum,
		"two sizes":         address + "# block: 64\n# file: 64 1 a\n" + sum + "# block: 128\n# file: 64 1 b\n" + sum,
		"climbs":            address + "# block: 64\n# file: 64 1 ../a\n" + sum,
		"absolute":          address + "# block: 64\n# file: 64 1 /a\n" + sum,
		"not in order":      address + "# block: 64\n# file: 64 1 b\n" + sum + "# file: 64 1 a\n" + sum,
		"twice":             address + "# block: 64\n# file: 64 1 a\n" + sum + "# file: 64 1 a\n" + sum,
		"a sum of no file":  address + "# block: 64\n" + sum + "# file: 64 1 a\n",
		"no address":        "# block: 64\n# file: 64 1 a\n" + sum,
		"an address of two": "# address: a/b/2026-11-21-010000\n# block: 64\n# file: 64 1 a\n" + sum,
		"short sum":         address + "# block: 64\n# file: 64 1 a\nabcd\n",
	} {
		count := strings.Count(text, "# file")
		if s, err := blocks.Parse(state.WithEnd([]byte("# vmxsync.blocks/1\n"+text), count)); !errors.Is(err, state.ErrTorn) {
			t.Errorf("%s: read as %+v, %v", name, s, err)
		}
	}
}

func TestParse_skipsUnknownComments(t *testing.T) {
	text, _, err := state.CutEnd(sample().Encode())
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("# block"), []byte("# later: x\n# block"), 1)
	if got, err := blocks.Parse(state.WithEnd(text, 2)); err != nil || !reflect.DeepEqual(got, sample()) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestHash_anyPieces: how the bytes come has no influence.
func TestHash_anyPieces(t *testing.T) {
	data := make([]byte, 3*blocks.Page+100)
	data[blocks.Page-1], data[3*blocks.Page+1] = 1, 1 // the first page, and the last
	const block = 40 << 10
	var want []blocks.Sum
	for rest := data; len(rest) > 0; rest = rest[min(block, len(rest)):] {
		want = append(want, sha256.Sum256(rest[:min(block, len(rest))]))
	}
	for _, piece := range []int{1, 7, 4096, block, blocks.Page, len(data)} {
		h := blocks.NewHash(block)
		for rest := data; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			h.Write(rest[:min(piece, len(rest))])
		}
		f := h.File()
		if !reflect.DeepEqual(f.Sums, want) || f.Size != int64(len(data)) || f.Data != blocks.Page+100 {
			t.Errorf("in pieces of %d bytes: %d bytes, %d of data, %d sums", piece, f.Size, f.Data, len(f.Sums))
		}
	}
	whole := fileOf("a", make([]byte, 4*small))
	if len(whole.Sums) != 4 || whole.Data != 0 {
		t.Errorf("of whole blocks of zeros: %d sums, %d bytes of data", len(whole.Sums), whole.Data)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample().Encode())
	f.Add([]byte("# vmxsync.blocks/9\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := blocks.Parse(data)
		if err != nil {
			s, err = blocks.Parse(state.WithEnd(data, bytes.Count(data, []byte("# file: "))))
		}
		if err != nil {
			return
		}
		if again, err := blocks.Parse(s.Encode()); err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("Parse(Encode(x)) = %+v, %v, want %+v", again, err, s)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	h := blocks.NewHash(blocks.Bytes)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		h.Write(data)
	}
}
