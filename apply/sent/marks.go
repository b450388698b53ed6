package sent

import (
	"encoding/hex"

	"github.com/vmxsync/vmxsync/providers"
)

// Marks are the sums of one reading of a file, from its begin.
type Marks struct {
	record *Record
	known  []string // of the part that is not sent again
	off    bool     // nothing can be written down
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
func (m *Marks) Reached(n int64, sum []byte) error {
	block, text := int(n/BlockBytes)-1, hex.EncodeToString(sum)
	if block < len(m.known) {
		if m.known[block] != text {
			m.record.drop()
			return providers.ErrRewritten
		}
		return nil
	}
	if m.off {
		return nil
	}
	if err := m.record.write(block, text, m.known); err != nil {
		m.off = true
		m.record.drop()
	}
	return nil
}
