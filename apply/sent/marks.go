package sent

import (
	"encoding/hex"

	"github.com/vmxsync/vmxsync/providers"
)

// Marks are the sums of one reading of a file, from its begin. One goroutine uses them.
type Marks struct {
	record  *Record
	known   []string   // of the part that is not sent again
	off     bool       // nothing can be written down
	writing chan error // gets how the last write ended; nil: none is under way
}

// Begin starts a reading of which the first offset bytes are not sent again. What
// was written down beyond is forgotten, for it will be read anew.
func (r *Record) Begin(offset int64) *Marks {
	m := &Marks{record: r}
	if offset == 0 {
		r.drop()
		return m
	}
	sums := r.sums()
	m.known = sums[:min(int64(len(sums)), offset/BlockBytes)]
	return m
}

// Reached is called after each whole block with the SHA-256 of all bytes up to
// there. The error wraps providers.ErrRewritten where they were others when the
// part was sent. That a sum cannot be written down is none: the file is then one
// of which nothing is known.
//
// The sum is written down while the next block is read: a disk may take as long to
// sync as to read many blocks. That of a block at the end of the file is not: the upload
// would wait for it, and has nothing left to read.
func (m *Marks) Reached(n int64, sum []byte) error {
	block, text := int(n/BlockBytes)-1, hex.EncodeToString(sum)
	if block < len(m.known) {
		if m.known[block] != text {
			m.record.drop()
			return providers.ErrRewritten
		}
		return nil
	}
	m.End()
	if m.off || n == m.record.size {
		return nil
	}
	m.writing = make(chan error, 1)
	go func(done chan<- error) { done <- m.record.write(block, text, m.known) }(m.writing)
	return nil
}

// End returns when nothing is being written any more: it is called once the reading has
// ended, before anybody reads or forgets the record. A nil Marks has nothing to write.
func (m *Marks) End() {
	if m == nil || m.writing == nil {
		return
	}
	err := <-m.writing
	m.writing = nil
	if err != nil {
		m.off = true
		m.record.drop()
	}
}
