package state

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// ReadMark is what a restore leaves at a place while it reads sets there: an apply deletes,
// moves and replaces none of them meanwhile. It counts until its Lease has passed since it
// was last written.
type ReadMark struct {
	Run   string        // the id of the restore, and the name of the file
	Host  string        // the machine that restores
	Sets  []Key         // sorted; nil: of a mark that cannot be read, any set
	Lease time.Duration // after which it must be written again, at most MaxReadLease
	// Until is the end of the lease by the clock of the restore, for places that report no
	// times.
	Until time.Time
}

// The leases of read marks.
const (
	ReadLease    = 10 * time.Minute
	MaxReadLease = time.Hour
)

// MaxReadMark is the size of the largest read mark that is read, in bytes.
const MaxReadMark = 4 << 20

const readMarkFormat = "vmxsync.reading/1"

type readMarkJSON struct {
	Format  string    `json:"format"`
	Run     string    `json:"run"`
	Host    string    `json:"host"`
	Seconds int64     `json:"lease_seconds"`
	Until   time.Time `json:"until"`
	Sets    []string  `json:"sets"`
}

// Encode writes the mark as one JSON document.
func (m ReadMark) Encode() []byte {
	doc := readMarkJSON{readMarkFormat, m.Run, m.Host, int64(m.Lease / time.Second), m.Until.UTC(), []string{}}
	for _, k := range m.Sets {
		doc.Sets = append(doc.Sets, k.String())
	}
	data, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(err) // strings, numbers and times of four-digit years always encode
	}
	return append(data, '\n')
}

// ParseReadMark reads what Encode wrote; anything else is an error. The strings of the mark
// may be hostile.
func ParseReadMark(data []byte) (ReadMark, error) {
	var doc readMarkJSON
	if err := json.Unmarshal(data, &doc); err != nil {
		return ReadMark{}, fmt.Errorf("read mark: %w", err)
	}
	if doc.Format != readMarkFormat {
		return ReadMark{}, fmt.Errorf("read mark of format %q, want %s", doc.Format, readMarkFormat)
	}
	m := ReadMark{Run: doc.Run, Host: doc.Host, Sets: []Key{}, Until: doc.Until}
	m.Lease = time.Duration(min(max(doc.Seconds, 0), int64(MaxReadLease/time.Second))) * time.Second
	for _, text := range doc.Sets {
		_, k, err := SplitAddress("./" + text)
		if err != nil {
			return ReadMark{}, fmt.Errorf("read mark: %w", err)
		}
		m.Sets = append(m.Sets, k)
	}
	return m, nil
}

// Lives reports whether the mark still counts. written is when its file was written, and
// there the time at the place, both by the clock of the place; where one of them is not
// known, the clock of the restore is compared with here, the time on this machine.
func (m ReadMark) Lives(written, there, here time.Time) bool {
	if written.IsZero() || there.IsZero() {
		return here.Before(m.Until) && m.Until.Sub(here) < maxReadSkew
	}
	return there.Sub(written) < m.Lease
}

// maxReadSkew is how far ahead the clock of a restore may be.
const maxReadSkew = 24 * time.Hour

// Reads reports whether the restore reads that set.
func (m ReadMark) Reads(k Key) bool {
	return m.Sets == nil || slices.Contains(m.Sets, k)
}

// Who names the restore. It may hold a hostile name.
func (m ReadMark) Who() string {
	if m.Host == "" {
		return "run " + m.Run
	}
	return "on " + m.Host + ", run " + m.Run
}
