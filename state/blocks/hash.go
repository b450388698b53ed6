package blocks

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"slices"
)

// Bytes is the size of a block, in bytes, of what vmxsync writes.
const Bytes = 64 << 20

// Page is the length, in bytes, of the parts of a file that are looked at for zeros: the
// longest hole that a copy of the file may lack.
const Page = 64 << 10

// Sum is the SHA-256 of one block.
type Sum [sha256.Size]byte

// Count is how many blocks a file of that size has. Both are positive, in bytes.
func Count(size, block int64) int64 {
	n := size / block
	if size%block != 0 {
		n++
	}
	return n
}

// Hash computes the sums of the blocks of one file that is written to it from its
// beginning.
type Hash struct {
	block  int64
	size   int64 // that was written
	data   int64
	inPage bool // the page that was begun is not all zero
	hash   hash.Hash
	sums   []Sum
}

// NewHash begins a file. block is the size of its blocks, in bytes.
func NewHash(block int64) *Hash { return &Hash{block: block, hash: sha256.New()} }

// Write takes the next bytes of the file, and never fails.
func (h *Hash) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(int64(len(rest)), h.block-h.size%h.block, Page-h.size%Page)
		h.add(rest[:n])
		rest = rest[n:]
	}
	return len(p), nil
}

// add takes bytes that lie in one page and one block.
func (h *Hash) add(p []byte) {
	h.hash.Write(p)
	h.inPage = h.inPage || !IsZero(p)
	h.size += int64(len(p))
	if h.size%Page == 0 {
		h.data += h.lastPage(Page)
		h.inPage = false
	}
	if h.size%h.block == 0 {
		h.sums = append(h.sums, Sum(h.hash.Sum(nil)))
		h.hash.Reset()
	}
}

// lastPage is how many of its bytes count as data.
func (h *Hash) lastPage(length int64) int64 {
	if h.inPage {
		return length
	}
	return 0
}

// File is the file that was written so far, without its path.
func (h *Hash) File() File {
	f := File{Size: h.size, Block: h.block, Data: h.data + h.lastPage(h.size%Page), Sums: slices.Clone(h.sums)}
	if h.size%h.block != 0 {
		f.Sums = append(f.Sums, Sum(h.hash.Sum(nil)))
	}
	return f
}

var zeros [Page]byte

// IsZero reports whether p, of at most a page, is all zero.
func IsZero(p []byte) bool { return bytes.Equal(p, zeros[:len(p)]) }
