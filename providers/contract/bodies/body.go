package bodies

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
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
	keystream := keystreamAt(n.Seed, offset)
	return io.NopCloser(io.LimitReader(keystream, max(n.Bytes-offset, 0))), nil
}

// keystreamAt is AES in counter mode, whose seed is the key: as fast as memory, and any
// block is known without those before it.
func keystreamAt(seed uint64, offset int64) io.Reader {
	var key, counter [aes.BlockSize]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.BigEndian.PutUint64(counter[8:], uint64(offset/aes.BlockSize))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // a key of 16 bytes is one
	}
	stream := cipher.NewCTR(block, counter[:])
	stream.XORKeyStream(counter[:], counter[:offset%aes.BlockSize])
	return keystream{stream}
}

type keystream struct{ cipher.Stream }

func (k keystream) Read(p []byte) (int, error) {
	clear(p)
	k.XORKeyStream(p, p)
	return len(p), nil
}

// Same compares what got reads with body from offset on.
func Same(got io.Reader, body providers.Body, offset int64) error {
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
