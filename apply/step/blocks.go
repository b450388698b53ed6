package step

import (
	"crypto/sha256"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// asRecorded are the block sums of a file as a journal has them; nil where it has none.
func asRecorded(f *blocks.File) *journal.Blocks {
	if f == nil {
		return nil
	}
	r := &journal.Blocks{Bytes: f.Block, Data: f.Data}
	for _, sum := range f.Sums {
		r.Sums = append(r.Sums, sum[:]...)
	}
	return r
}

// blockSums is the text with the block sums of a set that was sent, as the journal has
// them; nil where it has none. A file without them is left out: a journal of an older
// version has none, nor has one of sums of another size.
func blockSums(e task.Env) []byte {
	doc := blocks.Sums{Key: e.Key, Block: e.Block}
	for _, s := range e.Steps {
		if s.Op != diff.OpPut {
			continue
		}
		_, result := e.Journal.Of(s.ID)
		if r := result.Blocks; r != nil && r.Bytes == e.Block && int64(len(r.Sums)) == blocks.Count(s.Size, r.Bytes)*sha256.Size {
			f := blocks.File{Path: Name(e, s), Size: s.Size, Data: r.Data, Block: r.Bytes}
			for i := 0; i < len(r.Sums); i += sha256.Size {
				f.Sums = append(f.Sums, blocks.Sum(r.Sums[i:i+sha256.Size]))
			}
			doc.Files = append(doc.Files, f)
		}
	}
	if len(doc.Files) == 0 {
		return nil
	}
	return doc.Encode()
}

// blocksBytes is the size of the block sums that a listing shows, 0 without any.
func blocksBytes(s state.Set) int64 {
	if s.BlocksFile == nil {
		return 0
	}
	return s.BlocksFile.Size
}
