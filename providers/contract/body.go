package contract

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// Text is a body that holds s.
type Text string

// Size is the length of the text in bytes.
func (s Text) Size() int64 { return int64(len(s)) }

// Open reads the text from offset on.
func (s Text) Open(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader([]byte(s)[offset:])), nil
}

// Noise is a body of Bytes pseudo-random bytes that no compression and no
// hole in a file can make shorter. It is the same for the same Seed, and takes
// no memory.
type Noise struct {
	Seed  uint64
	Bytes int64
}

// Size is the number of bytes.
func (n Noise) Size() int64 { return n.Bytes }

// Open reads the noise from offset on.
func (n Noise) Open(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(&noiseReader{seed: n.Seed, at: offset, end: n.Bytes}), nil
}

type noiseReader struct {
	seed    uint64
	at, end int64
}

func (r *noiseReader) Read(p []byte) (int, error) {
	if r.at >= r.end {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), r.end-r.at)]
	var word [8]byte
	for n := 0; n < len(p); {
		binary.LittleEndian.PutUint64(word[:], splitmix(r.seed+uint64(r.at/8)))
		took := copy(p[n:], word[r.at%8:])
		n, r.at = n+took, r.at+int64(took)
	}
	return len(p), nil
}

// splitmix is SplitMix64 (Steele, Lea, Flood 2014): the i-th number is known
// without the numbers before it, so that a reader can start anywhere.
func splitmix(i uint64) uint64 {
	z := (i + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// same compares what got reads with body from offset on.
func same(got io.Reader, body providers.Body, offset int64) error {
	want, err := body.Open(offset)
	if err != nil {
		return err
	}
	defer want.Close()
	var a, b [32 << 10]byte
	for at := offset; ; {
		n, gotErr := io.ReadFull(got, a[:])
		m, _ := io.ReadFull(want, b[:])
		if gotErr != nil && !ended(gotErr) {
			return fmt.Errorf("after %d of %d bytes: %w", at+int64(n), body.Size(), gotErr)
		}
		if !bytes.Equal(a[:n], b[:m]) {
			return fmt.Errorf("content differs at or after byte %d of %d", at, body.Size())
		}
		if ended(gotErr) {
			return nil
		}
		at += int64(n)
	}
}

// ended compares with ==, as io.Copy and all other readers of readers do.
func ended(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }
