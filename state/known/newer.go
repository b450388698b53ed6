package known

import "time"

// Newer is the record that knows of the other. Each is made from the last one, so
// that the higher Seq knows of all before it: what a machine knew that has not
// applied for a month gives way to what another machine has left at the
// destination, and what a destination shows that was restored from a snapshot gives
// way to what this machine knows. Of two with one Seq it is the destination's, which
// was written under the lock, unless both have the same facts and this machine has looked
// since. Either way the result includes what the other record has found since: if a machine
// could not write its record, or a root was begun anew, neither is made from the other.
// Either may be nil.
func Newer(destination, local *Record) *Record {
	switch {
	case destination == nil:
		return local
	case local == nil:
		return destination
	case destination.Seq == local.Seq && local.At.After(destination.At) && SameFacts(destination, local):
		return local
	case destination.Seq == local.Seq:
		return with(destination, local, time.Time{})
	case destination.Seq > local.Seq:
		return with(destination, local, destination.At)
	}
	return with(local, destination, local.At)
}

// with is the record with what another one has found after a time, and with its doubts
// about sets over which there is no verdict. One that a person has ended since is none:
// an acceptance outlives it.
func with(r, of *Record, after time.Time) *Record {
	c := r.Clone()
	for _, f := range of.Findings {
		if _, there := c.Found(f.Key); !there && f.At.After(after) {
			c.Note(f)
		}
	}
	doubts := c.Verdicts
	for _, v := range of.Verdicts {
		if _, there := c.Verdict(v.Key); !there && v.Why != "" {
			doubts = append(doubts, v)
		}
	}
	c.SetVerdicts(doubts)
	return c
}
