package journal_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/apply/journal"
)

// counted is a Log that counts its lines, and how many of them are durable.
type counted struct{ lines, durable, syncs int }

func (c *counted) Append([]byte) error { c.lines++; return nil }
func (c *counted) Close() error        { return nil }

func (c *counted) Sync() error {
	c.durable, c.syncs = c.lines, c.syncs+1
	return nil
}

// TestJournal_syncsBeforeAStepActs: one sync does for what is done and what starts, and
// what is done is durable before anything else acts.
func TestJournal_syncsBeforeAStepActs(t *testing.T) {
	log := new(counted)
	j, err := journal.Resume(log, nil, header, now)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		record         func() error
		durable, syncs int // of the lines so far
	}{
		{j.Begin, 2, 2}, // after the header
		{func() error { return j.Started("a#claim") }, 3, 3},
		{func() error { return j.Done("a#claim", journal.Result{}) }, 3, 3},
		{func() error { return j.StartedSending("a#put:1") }, 5, 4}, // a claim is done before a file is sent
		{func() error { return j.DoneSending("a#put:1", journal.Result{}) }, 5, 4},
		{func() error { return j.StartedSending("a#put:2") }, 5, 4},
		{func() error { return j.DoneSending("a#put:2", journal.Result{}) }, 5, 4},
		{func() error { return j.Started("a#publish") }, 9, 5},
		{func() error { return j.Done("a#publish", journal.Result{}) }, 9, 5},
		{j.Flush, 10, 6},
		{j.Flush, 10, 6},
		{func() error { return j.Started("b#trash") }, 11, 7},
		{func() error { return j.Done("b#trash", journal.Result{}) }, 11, 7},
		{j.Close, 12, 8},
	} {
		if err := c.record(); err != nil {
			t.Fatal(err)
		}
		if log.durable != c.durable || log.syncs != c.syncs {
			t.Errorf("call %d: %d of %d lines are durable after %d syncs, want %d after %d", i, log.durable, log.lines, log.syncs, c.durable, c.syncs)
		}
	}
}
