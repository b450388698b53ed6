package progress

import (
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
)

// Transfers is what an apply is sending, from its events: in total, and file by file.
type Transfers struct {
	now func() time.Time

	mu      sync.Mutex
	total   transfer
	files   map[file]*transfer
	changes map[string]*transfer // by address, those that send
}

// file is a file that is sent to the set of an address, or compared with it.
type file struct{ address, path string }

// transfer is how far something has come.
type transfer struct {
	done, size int64
	pace       pace
	began      time.Time
}

// NewTransfers returns transfers of which none has begun.
func NewTransfers(now func() time.Time) *Transfers {
	return &Transfers{now: now, files: map[file]*transfer{}, changes: map[string]*transfer{}}
}

// Event notes progress.
func (t *Transfers) Event(e event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := e.(type) {
	case event.Started:
		t.total = transfer{size: e.Bytes, began: t.now()}
	case event.ChangeStarted:
		if e.Sends {
			t.changes[e.Address] = &transfer{size: e.Bytes}
		}
	case event.Progress:
		t.sent(file{e.Address, e.Path}, e.Sent, e.Size, e.Kept)
	case event.Comparing:
		t.compared(file{e.Address, e.Path}, e.Read, e.Size)
	case event.StepDone:
		if e.Path != "" {
			t.sent(file{e.Address, e.Path}, e.Bytes, e.Bytes, e.Bytes)
			delete(t.files, file{e.Address, e.Path})
		}
	case event.Restoring:
		t.changes[e.Address] = &transfer{size: e.Bytes}
	case event.Fetching:
		t.sent(file{e.Address, e.Path}, e.Received, e.Size, e.Kept)
		if e.Done {
			delete(t.files, file{e.Address, e.Path})
		}
	case event.Verifying:
		t.changes[e.Address] = &transfer{size: e.Bytes}
	case event.Restored:
		t.endChange(e.Address, &t.total.done)
	case event.Verified:
		t.endChange(e.Address, &t.total.done)
	case event.ChangeDone:
		t.endChange(e.Address, &t.total.done)
	case event.Failed:
		t.failChange(e.Address)
	case event.Skipped:
		t.failChange(e.Address)
	case event.Postponed:
		t.failChange(e.Address)
	}
}

func (t *Transfers) file(f file, size int64) *transfer {
	if t.files[f] == nil {
		t.files[f] = &transfer{size: size, began: t.now()}
	}
	return t.files[f]
}

// sent records how many bytes of a file are sent, of which kept were there before.
func (t *Transfers) sent(f file, sent, size, kept int64) {
	now, one := t.now(), t.file(f, size)
	more := sent - one.done
	one.advance(sent, kept, now)
	t.total.pace.moved(moving(sent, more, kept), now)
	t.total.done += more
	if c := t.changes[f.address]; c != nil {
		c.done += more
	}
}

func (t *Transfers) compared(f file, read, size int64) {
	t.file(f, size).advance(read, 0, t.now())
	if read >= size {
		delete(t.files, f)
	}
}

// advance records how far a file has come.
func (t *transfer) advance(done, kept int64, now time.Time) {
	t.pace.moved(moving(done, done-t.done, kept), now)
	t.done = done
}

// moving is how much of the more bytes up to done lies behind kept: the others
// are read at the speed of a disk.
func moving(done, more, kept int64) int64 { return max(0, min(more, done-kept)) }

// endChange ends a change; its bytes that no event has reported are added to where.
func (t *Transfers) endChange(address string, where *int64) {
	if c := t.changes[address]; c != nil {
		*where += c.size - c.done
	}
	delete(t.changes, address)
	for f := range t.files {
		if f.address == address {
			delete(t.files, f)
		}
	}
}

// failChange ends a change whose other bytes will not be sent.
func (t *Transfers) failChange(address string) {
	var never int64
	t.endChange(address, &never)
	t.total.size -= never
}

// progress is what one line shows.
type progress struct {
	done, size int64
	rate       float64       // bytes per second; 0: not known
	left       time.Duration // -1: not known, or everything is sent
	running    time.Duration
}

// of returns how far a file has come; false if it is not being sent.
func (t *Transfers) of(f file) (progress, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.files[f] == nil {
		return progress{}, false
	}
	return t.files[f].progress(t.now()), true
}

// all returns how far the apply has come. While it sends nothing, because it waits or
// tries to reach a server, the time left is not known.
func (t *Transfers) all() progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.total.progress(t.now())
	if len(t.files) == 0 && t.now().Sub(t.total.pace.at) > pauseShows {
		p.rate, p.left = 0, -1
	}
	return p
}

// Sent returns how many bytes were sent.
func (t *Transfers) Sent() int64 { return t.all().done }

// pauseShows is longer than the pause between two files.
const pauseShows = 5 * time.Second

func (t *transfer) progress(now time.Time) progress {
	p := progress{done: t.done, size: t.size, rate: t.pace.rate(now), left: -1, running: now.Sub(t.began)}
	if p.rate >= 1 && t.done < t.size {
		p.left = time.Duration(float64(t.size-t.done) / p.rate * float64(time.Second))
	}
	return p
}
