package progress

import (
	"math"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
)

func TestPace_doesNotJump(t *testing.T) {
	now := time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC)
	var p pace
	p.moved(0, now)
	for i := range 600 { // a minute of 10 MB/s, in bursts: a second's worth every second
		now = now.Add(100 * time.Millisecond)
		if i%10 == 0 {
			p.moved(10e6, now)
		}
		if i < 30 {
			continue
		}
		if r := p.rate(now); r < 7e6 || r > 14e6 {
			t.Fatalf("after %d ms the rate is %.1f MB/s, want about 10", i*100, r/1e6)
		}
	}
	before := p.rate(now)
	now = now.Add(time.Second)
	p.moved(500e6, now)
	if r := p.rate(now); r > 4*before {
		t.Errorf("a burst of 500 MB makes the rate %.1f MB/s", r/1e6)
	}
	for range 5 {
		last := p.rate(now)
		now = now.Add(10 * time.Second)
		if r := p.rate(now); r >= last || r < last/4 {
			t.Errorf("10 s of silence lead from %.1f to %.1f MB/s", last/1e6, r/1e6)
		}
	}
}

func TestPace_knowsNothingAtFirst(t *testing.T) {
	now := time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC)
	var p pace
	p.moved(64<<20, now)
	p.moved(64<<20, now.Add(time.Second))
	if r := p.rate(now.Add(time.Second)); r != 0 {
		t.Errorf("rate %v after a second, in which buffers were filled", r)
	}
}

const bart, lisa = "nas/Bart/2026-11-21-010000", "nas/Lisa/2026-11-21-010000"

// transfersAfter returns transfers after these events, a second apart.
func transfersAfter(events ...event.Event) *Transfers {
	now := time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC)
	t := NewTransfers(func() time.Time { return now })
	for _, e := range events {
		now = now.Add(time.Second)
		t.Event(e)
	}
	return t
}

func TestTransfers_totalIsTheSumOfTheFiles(t *testing.T) {
	begin := []event.Event{
		event.Started{Bytes: 1000},
		event.ChangeStarted{Address: bart, Bytes: 700, Sends: true},
		event.ChangeStarted{Address: lisa, Bytes: 300, Sends: true},
	}
	for name, c := range map[string]struct {
		events     []event.Event
		done, size int64
	}{
		"two files at once": {[]event.Event{
			event.Progress{Address: bart, Path: "a", Sent: 100, Size: 600},
			event.Progress{Address: lisa, Path: "a", Sent: 50, Size: 300},
			event.Progress{Address: bart, Path: "a", Sent: 250, Size: 600},
		}, 300, 1000},
		"a file that starts again": {[]event.Event{
			event.Progress{Address: bart, Path: "a", Sent: 500, Size: 600},
			event.Progress{Address: bart, Path: "a", Sent: 10, Size: 600},
		}, 10, 1000},
		"a file that was there": {[]event.Event{
			event.StepDone{Address: bart, Path: "b", Bytes: 100},
			event.Progress{Address: bart, Path: "a", Sent: 10, Size: 600},
		}, 110, 1000},
		"a change without events": {[]event.Event{
			event.ChangeDone{Address: bart},
		}, 700, 1000},
		"a change that failed": {[]event.Event{
			event.Progress{Address: bart, Path: "a", Sent: 100, Size: 600},
			event.Failed{Address: bart},
		}, 100, 400},
		"a delete": {[]event.Event{
			event.ChangeStarted{Address: "nas/Bart/2026-11-20-010000", Bytes: 900},
			event.ChangeDone{Address: "nas/Bart/2026-11-20-010000", Bytes: 900},
		}, 0, 1000},
	} {
		got := transfersAfter(append(begin[:3:3], c.events...)...).all()
		if got.done != c.done || got.size != c.size {
			t.Errorf("%s: %d of %d, want %d of %d", name, got.done, got.size, c.done, c.size)
		}
	}
}

func TestTransfers_whatIsThereAlreadyIsNoSpeed(t *testing.T) {
	run := transfersAfter(
		event.Started{Bytes: 1 << 40},
		event.ChangeStarted{Address: bart, Bytes: 1 << 40, Sends: true},
		event.Progress{Address: bart, Path: "a", Sent: 1 << 30, Size: 1 << 40, Kept: 1 << 39},
		event.Progress{Address: bart, Path: "a", Sent: 1 << 39, Size: 1 << 40, Kept: 1 << 39},
		event.Progress{Address: bart, Path: "a", Sent: 1<<39 + 4000, Size: 1 << 40, Kept: 1 << 39},
		event.Progress{Address: bart, Path: "a", Sent: 1<<39 + 5000, Size: 1 << 40, Kept: 1 << 39},
	)
	one, running := run.of(file{bart, "a"})
	if !running || one.rate == 0 || one.rate > 5000 || one.rate != run.all().rate {
		t.Errorf("rate %v of the file, %v of all, want the same, and at most 5000", one.rate, run.all().rate)
	}
	if want := float64(1<<39-5000) / one.rate; math.Abs(one.left.Seconds()-want) > 1 {
		t.Errorf("%v left, want %v s", one.left, want)
	}
}

func TestTransfers_nobodyKnowsHowLongAPauseIs(t *testing.T) {
	sending := []event.Event{
		event.Started{Bytes: 1 << 40},
		event.ChangeStarted{Address: bart, Bytes: 1 << 40, Sends: true},
		event.Progress{Address: bart, Path: "a", Sent: 1000, Size: 4000},
		event.Progress{Address: bart, Path: "a", Sent: 2000, Size: 4000},
		event.Progress{Address: bart, Path: "a", Sent: 3000, Size: 4000},
		event.Progress{Address: bart, Path: "a", Sent: 4000, Size: 4000},
	}
	run := transfersAfter(sending...)
	if p := run.all(); p.rate == 0 || p.left < 0 {
		t.Errorf("rate %v, %v left while a file is sent, want both", p.rate, p.left)
	}
	run.Event(event.StepDone{Address: bart, Path: "a", Bytes: 4000})
	last := run.now()
	run.now = func() time.Time { return last.Add(pauseShows / 2) }
	if p := run.all(); p.rate == 0 {
		t.Error("no rate between two files")
	}
	run.now = func() time.Time { return last.Add(2 * pauseShows) }
	if p := run.all(); p.rate != 0 || p.left >= 0 {
		t.Errorf("rate %v, %v left in a pause, want neither", p.rate, p.left)
	}
}

func TestTransfers_filesLeaveWhenTheyAreSent(t *testing.T) {
	run := transfersAfter(
		event.Started{Bytes: 1000},
		event.ChangeStarted{Address: bart, Bytes: 700, Sends: true},
		event.Progress{Address: bart, Path: "a", Sent: 600, Size: 600},
		event.Progress{Address: bart, Path: "b", Sent: 10, Size: 100},
		event.Comparing{Address: "esxi/Bart/2026-11-20-010000", Path: "c", Read: 9, Size: 9},
		event.StepDone{Address: bart, Path: "a", Bytes: 600},
	)
	for path, want := range map[string]bool{"a": false, "b": true} {
		if _, running := run.of(file{bart, path}); running != want {
			t.Errorf("%s is under way: %v, want %v", path, running, want)
		}
	}
	if _, running := run.of(file{"esxi/Bart/2026-11-20-010000", "c"}); running {
		t.Error("a file that is compared stays")
	}
}
