package resume_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
)

const size = 9 << 20

// file is what a place holds.
type file struct {
	held  []byte
	read  int64 // bytes, by ranges
	sums  int   // asked for
	fails []error
}

func (f *file) ReadRange(offset int64, n int) ([]byte, error) {
	if len(f.fails) > 0 {
		err := f.fails[0]
		f.fails = f.fails[1:]
		if err != nil {
			return nil, err
		}
	}
	f.read += int64(n)
	return f.held[offset : offset+int64(n)], nil
}

func (f *file) EndsWith(offset int64, ours io.Reader) (bool, error) {
	return resume.Equal(ours, bytes.NewReader(f.held[offset:]))
}

func (f *file) SumFits(providers.Body, int64) (bool, error) {
	f.sums++
	return false, resume.ErrNoSum
}

// content are the first n bytes of noise.
func content(t *testing.T, seed uint64, n int) []byte {
	t.Helper()
	r, err := contract.Noise{Seed: seed, Bytes: size}.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, n)
	if _, err := io.ReadFull(r, out); err != nil {
		t.Fatal(err)
	}
	return out
}

var body = contract.Noise{Seed: 1, Bytes: size}

func TestStart_goesOnBehindAPartOfThisBody(t *testing.T) {
	for _, held := range []int{1, 64 << 10, 1 << 20, 6 << 20, size} {
		f := &file{held: content(t, 1, held)}
		from, err := resume.New(body).Start(f, int64(held), false)
		if err != nil || from != int64(held) {
			t.Errorf("part of %d bytes: got %d, %v", held, from, err)
		}
		if f.sums != 1 {
			t.Errorf("part of %d bytes: %d sums were asked for", held, f.sums)
		}
	}
}

// A part that was cut short of power may hold zeros at its end; another body differs
// everywhere.
func TestStart_sendsAgainWhatIsNotOfThisBody(t *testing.T) {
	const held = 6 << 20
	tailless := content(t, 1, held)
	clear(tailless[held-70<<10:])
	headless := content(t, 1, held)
	clear(headless[:1])
	for name, part := range map[string][]byte{
		"another body": content(t, 2, held), "zeros at the end": tailless, "its first byte": headless,
	} {
		if from, err := resume.New(body).Start(&file{held: part}, held, false); err != nil || from != 0 {
			t.Errorf("%s: got %d, %v", name, from, err)
		}
	}
}

// What was proven before a session was lost is not compared again.
func TestStart_goesOnWithItsProofInTheNextSession(t *testing.T) {
	const held = 6 << 20
	lost := &retry.Lost{Err: errors.New("reset")}
	f := &file{held: content(t, 1, held), fails: []error{nil, nil, nil, nil, nil, lost}}
	u := resume.New(body)
	if from, err := u.Start(f, held, false); from != 0 || err != lost {
		t.Fatalf("got %d, %v", from, err)
	}
	before := f.read
	if u.Unproven(lost) {
		t.Error("given up after one failure")
	}
	whole := &file{held: f.held}
	if _, err := resume.New(body).Start(whole, held, false); err != nil {
		t.Fatal(err)
	}
	from, err := u.Start(f, held, false)
	if from != held || err != nil {
		t.Fatalf("second session: got %d, %v", from, err)
	}
	if f.read != whole.read || before == 0 {
		t.Errorf("%d bytes were read in two sessions, %d in one", f.read, whole.read)
	}
	if !u.Progressed(false) || u.Progressed(false) {
		t.Error("a proof is progress, once")
	}
}

func TestUnproven_givesUpAfterTwoFailures(t *testing.T) {
	u := resume.New(body)
	lost := &retry.Lost{Err: errors.New("reset")}
	if u.Unproven(&retry.Unreadable{Err: errors.New("disk")}) || u.Unproven(lost) {
		t.Error("given up too early")
	}
	if !u.Unproven(lost) {
		t.Error("not given up")
	}
}

// A server that starts the file anew at REST leaves a hole before the seam.
func TestProveSeam_findsAHole(t *testing.T) {
	for _, seam := range []int64{100, 6 << 20} {
		whole := &file{held: content(t, 1, size)}
		u := resume.New(body)
		u.Sending(seam)
		if err := u.ProveSeam(whole, false); err != nil {
			t.Errorf("seam at %d: %v", seam, err)
		}
		u.Sending(seam)
		hole := bytes.Clone(whole.held)
		clear(hole[:seam])
		if err := u.ProveSeam(&file{held: hole}, false); !errors.Is(err, resume.ErrPrefixLost) {
			t.Errorf("hole before %d: got %v", seam, err)
		}
		u.Restart()
		if err := u.ProveSeam(&file{held: hole}, false); err != nil {
			t.Errorf("a file that was sent from 0 has no seam: %v", err)
		}
	}
}

// An upload does not go on for ever by single bytes, nor through a black hole.
func TestProgressed_needsASizeableStep(t *testing.T) {
	u := resume.New(body)
	start := func(held int) {
		t.Helper()
		if from, err := u.Start(&file{held: content(t, 1, held)}, int64(held), false); from != int64(held) || err != nil {
			t.Fatalf("got %d, %v", from, err)
		}
	}
	start(1 << 20)
	if !u.Progressed(false) {
		t.Error("1 MiB is progress")
	}
	start(1<<20 + 1)
	if u.Progressed(false) {
		t.Error("one byte more is none")
	}
	start(2 << 20)
	if u.Progressed(true) {
		t.Error("1 MiB before the line stood still is none")
	}
	start(size)
	if !u.Progressed(false) {
		t.Error("the rest is progress")
	}
}

func TestIsStuck_afterTwoRefusalsAtTheSamePlace(t *testing.T) {
	u := resume.New(body)
	u.Refused(100)
	if u.IsStuck(100) {
		t.Error("after one refusal")
	}
	u.Refused(100)
	if !u.IsStuck(100) {
		t.Error("not after two")
	}
	u.Refused(100)
	if u.IsStuck(200) {
		t.Error("although the part has grown")
	}
}
