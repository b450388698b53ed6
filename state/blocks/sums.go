package blocks

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Sums are the block sums of the files of one set that are larger than a block. As a file:
//
//	# vmxsync.blocks/1
//	# address: Bart/2026-11-21-010000
//	# block: 67108864
//	# file: 104857600 83886080 Bart-flat.vmdk
//	9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//	60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
//	# end 1 5c0a...
//
// The numbers of a file are its size and its data. The last line is that of a manifest.
type Sums struct {
	Key   state.Key
	Block int64  // size of a block in bytes; the last one of a file may be shorter
	Files []File // sorted by path
}

// File is one file with its blocks.
type File struct {
	Path  string // from the folder of the set
	Size  int64  // bytes
	Data  int64  // bytes that lie in pages which are not all zero
	Block int64  // size of a block in bytes, as in its Sums
	Sums  []Sum  // of its blocks, in their order
}

const (
	format = "vmxsync.blocks/"
	// MaxBytes is the size of the largest text that is read, in bytes: that of a set of
	// 64 TiB.
	MaxBytes = 64 << 20
)

// RefOf is what the manifest holds about the text of the block sums.
func RefOf(text []byte) *state.BlocksRef {
	sum := sha256.Sum256(text)
	return &state.BlocksRef{Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}
}

// Of is the file of that path.
func (s Sums) Of(path string) (File, bool) {
	i, there := slices.BinarySearchFunc(s.Files, path, func(f File, path string) int { return cmp.Compare(f.Path, path) })
	if !there {
		return File{}, false
	}
	return s.Files[i], true
}

// Encode writes the sums. Their paths are those that providers.CheckPath accepts.
func (s Sums) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s1\n# address: %s\n# block: %d\n", format, s.Key, s.Block)
	for _, f := range s.Files {
		fmt.Fprintf(&b, "# file: %d %d %s\n", f.Size, f.Data, f.Path)
		for _, sum := range f.Sums {
			fmt.Fprintf(&b, "%x\n", sum)
		}
	}
	return state.WithEnd(b.Bytes(), len(s.Files))
}

// Parse reads what Encode wrote. Its errors wrap state.ErrTorn or state.ErrNewer. Unknown
// comment lines are skipped, so that a later minor format can be read.
func Parse(data []byte) (Sums, error) {
	first, _, _ := strings.Cut(string(data), "\n")
	switch version, ok := strings.CutPrefix(first, "# "+format); {
	case !ok:
		return Sums{}, torn("its first line is not that of block sums")
	case version != "1":
		return Sums{}, fmt.Errorf("%s%s: %w", format, version, state.ErrNewer)
	}
	text, count, err := state.CutEnd(data)
	if err != nil {
		return Sums{}, err
	}
	var s Sums
	for line := range strings.Lines(string(text)) {
		if err := s.line(strings.TrimSuffix(line, "\n")); err != nil {
			return Sums{}, err
		}
	}
	return s, s.check(count)
}

func torn(format string, args ...any) error {
	return fmt.Errorf("block sums: %w: %s", state.ErrTorn, fmt.Sprintf(format, args...))
}

func (s *Sums) line(line string) error {
	comment, ok := strings.CutPrefix(line, "# ")
	if !ok {
		return s.sum(line)
	}
	name, value, _ := strings.Cut(comment, ": ")
	switch name {
	case "address":
		_, k, err := state.SplitAddress("./" + value)
		if err != nil {
			return torn("its address is invalid: %q", value)
		}
		s.Key = k
	case "block":
		block, err := strconv.ParseInt(value, 10, 64)
		if err != nil || block <= 0 || block%minBlock != 0 {
			return torn("its size of a block is invalid: %q", value)
		}
		s.Block = block
	case "file":
		return s.file(value)
	}
	return nil
}

// minBlock divides the size of every block.
const minBlock = 64

func (s *Sums) file(value string) error {
	parts := strings.SplitN(value, " ", 3)
	if len(parts) != 3 {
		return torn("a file is invalid: %q", value)
	}
	size, err := strconv.ParseInt(parts[0], 10, 64)
	data, errData := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || errData != nil || size < 0 || data < 0 || data > size || providers.CheckPath(parts[2]) != nil || s.Block == 0 {
		return torn("a file is invalid: %q", value)
	}
	s.Files = append(s.Files, File{Path: parts[2], Size: size, Data: data, Block: s.Block})
	return nil
}

// sum is of the file that was named last.
func (s *Sums) sum(line string) error {
	data, err := hex.DecodeString(line)
	if err != nil || len(data) != sha256.Size || len(s.Files) == 0 {
		return torn("a line is not the sum of a block: %q", line)
	}
	f := &s.Files[len(s.Files)-1]
	f.Sums = append(f.Sums, Sum(data))
	return nil
}

// check proves that the files are those that were written, each with all its blocks.
func (s *Sums) check(count int) error {
	if len(s.Files) != count || s.Key == (state.Key{}) {
		return torn("it names %d files, and should name %d", len(s.Files), count)
	}
	if s.Block == 0 {
		return torn("it does not have the size of a block")
	}
	for i, f := range s.Files {
		switch {
		case i > 0 && s.Files[i-1].Path >= f.Path:
			return torn("its files are not in order")
		case f.Block != s.Block:
			return torn("it has blocks of two sizes")
		case int64(len(f.Sums)) != Count(f.Size, f.Block):
			return torn("%q has %d blocks, but %d sums", f.Path, Count(f.Size, f.Block), len(f.Sums))
		}
	}
	return nil
}
