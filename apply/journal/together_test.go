package journal_test

import (
	"errors"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/journal"
)

// slowDisk counts what is written and what is durable. While gate is not nil, a Sync waits
// for it.
type slowDisk struct {
	mu                      sync.Mutex
	written, durable, syncs int
	entered                 chan struct{} // gets one for each Sync
	gate                    chan struct{}
	err                     error // of each Sync
}

func (d *slowDisk) Append([]byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written++
	return nil
}

func (d *slowDisk) Sync() error {
	d.mu.Lock()
	n := d.written // what is written later is not durable by this
	d.syncs++
	d.mu.Unlock()
	if d.gate != nil {
		d.entered <- struct{}{}
		<-d.gate
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.durable = n
	}
	return d.err
}

func (d *slowDisk) Close() error { return nil }

func onSlowDisk(t *testing.T) (*journal.Journal, *slowDisk) {
	t.Helper()
	d := &slowDisk{}
	j, err := journal.Resume(d, nil, journal.Header{Run: "6f1c0e8a2b9d4c71"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return j, d
}

func TestJournal_oneSyncServesAllThatWait(t *testing.T) {
	j, d := onSlowDisk(t)
	d.entered, d.gate = make(chan struct{}, 20), make(chan struct{})
	before := d.syncs
	var group sync.WaitGroup
	start := func() {
		group.Go(func() {
			if err := j.Started("step"); err != nil {
				t.Error(err)
			}
		})
	}
	start()
	<-d.entered // the disk is busy with the first one
	for range 8 {
		start()
	}
	for written := 0; written < 10; { // their lines and the header are written meanwhile
		d.mu.Lock()
		written = d.written
		d.mu.Unlock()
	}
	close(d.gate)
	group.Wait()
	if got := d.syncs - before; got != 2 {
		t.Errorf("%d syncs, want one for the first and one for all others", got)
	}
	if d.durable != d.written {
		t.Errorf("%d of %d lines are durable", d.durable, d.written)
	}
}

func TestJournal_whatIsStartedIsDurable(t *testing.T) {
	j, d := onSlowDisk(t)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 20 {
				d.mu.Lock()
				written := d.written
				d.mu.Unlock()
				if err := j.Started("step"); err != nil {
					t.Error(err)
				}
				d.mu.Lock()
				if d.durable <= written {
					t.Errorf("%d lines are durable, of %d before this one", d.durable, written)
				}
				d.mu.Unlock()
			}
		})
	}
	group.Wait()
}

// After a failed sync the system may forget what it could not write, and the next one
// succeeds.
func TestJournal_failedSyncIsForGood(t *testing.T) {
	j, d := onSlowDisk(t)
	d.err = errors.New("input/output error")
	if err := j.Started("a"); !errors.Is(err, d.err) {
		t.Errorf("got %v, want %v", err, d.err)
	}
	failed := d.err
	d.err = nil
	if err := j.Started("b"); !errors.Is(err, failed) {
		t.Errorf("got %v, want %v", err, failed)
	}
}

// fillingDisk writes the half of one line and is full, and has room again for the next one.
type fillingDisk struct {
	slowDisk
	data []byte
	full bool
}

func (d *fillingDisk) Append(line []byte) error {
	if d.full {
		d.full = false
		d.data = append(d.data, line[:len(line)/2]...)
		return syscall.ENOSPC
	}
	d.data = append(d.data, line...)
	return nil
}

// What is written behind a part of a line makes one line of both, which nobody can read.
func TestJournal_failedLineIsTheLast(t *testing.T) {
	d := &fillingDisk{}
	j, err := journal.Resume(d, nil, header, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	d.full = true
	for _, step := range []string{"a", "b"} {
		if err := j.Started(step); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: got %v, want %v", step, err, syscall.ENOSPC)
		}
	}
	if _, err := journal.Resume(&fillingDisk{}, d.data, header, time.Now); err != nil {
		t.Errorf("the journal cannot be read any more: %v", err)
	}
}
