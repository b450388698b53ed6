package step

import "time"

// Event is something that happens while a step is done: one of the types below. Texts in
// it may hold hostile names.
type Event interface{ event() }

// Progress: more of a file has been read for sending. Sent falls back where a store
// starts a file again.
type Progress struct {
	Path string // from the folder of the set
	Sent int64
	Size int64
	Kept int64 // how much at its begin was at the destination already, and is read for the sum alone
}

// Uploaded: a file was sent.
type Uploaded struct {
	Bytes int64 // without those that were at the destination already
}

// Comparing: more of a file of a set or of a copy has been read, to compare its checksum
// before the set is deleted.
type Comparing struct {
	Path string // from the folder of the set
	Read int64
	Size int64
}

// Waiting: a set is published only when no abandoned upload can write into it any more.
type Waiting struct{ For time.Duration }

// Remark: something that is no failure, but that a person may ask about later.
type Remark struct {
	Text string // whole sentences, escaped
	Warn bool   // a person has to act
}

func (Progress) event()  {}
func (Uploaded) event()  {}
func (Comparing) event() {}
func (Waiting) event()   {}
func (Remark) event()    {}
