package sent_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/providers"
)

const block = sent.BlockBytes

var disk = sent.File{Place: "ftp://nas/", Address: "nas/Bart/1", Path: "disk.vmdk", Size: 5*block + 7, ModTime: time.Unix(1e9, 0)}

func sumOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// read goes through the blocks of a file, as texts.
func read(t *testing.T, r *sent.Record, offset int64, blocks ...string) error {
	t.Helper()
	m := r.Begin(offset)
	defer m.End()
	for i, b := range blocks {
		if err := m.Reached(int64(i+1)*block, sumOf(b)); err != nil {
			return err
		}
	}
	return nil
}

func wantCovers(t *testing.T, r *sent.Record, n, want int64) {
	t.Helper()
	if got := r.Covers(n); got != want {
		t.Errorf("of the first %d bytes %d are known, want %d", n, got, want)
	}
}

func TestRecord_knowsWholeBlocksThatWereRead(t *testing.T) {
	book := sent.In(filepath.Join(t.TempDir(), "sent"))
	r := book.Record(disk)
	wantCovers(t, r, 5*block, 0)
	if err := read(t, r, 0, "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	again := book.Record(disk)
	wantCovers(t, again, 10*block, 3*block)
	wantCovers(t, again, 2*block+1, 2*block)
	wantCovers(t, again, block-1, 0)
	if err := read(t, again, 2*block+1, "a", "b", "C", "d"); err != nil {
		t.Errorf("a block that is sent again may be another: %v", err)
	}
	wantCovers(t, again, 10*block, 4*block)
	if err := read(t, again, 3*block, "a", "b", "C"); err != nil {
		t.Error(err)
	}
}

func TestRecord_findsABlockThatWasRewritten(t *testing.T) {
	r := sent.In(t.TempDir()).Record(disk)
	if err := read(t, r, 0, "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	if err := read(t, r, 3*block, "a", "X"); !errors.Is(err, providers.ErrRewritten) {
		t.Errorf("got %v, want ErrRewritten", err)
	}
	wantCovers(t, r, 3*block, 0)
}

func TestRecord_isOfOneFileAsItWas(t *testing.T) {
	book := sent.In(t.TempDir())
	if err := read(t, book.Record(disk), 0, "a", "b"); err != nil {
		t.Fatal(err)
	}
	other := disk
	other.Size++
	later := disk
	later.ModTime = later.ModTime.Add(time.Second)
	for _, f := range []sent.File{other, later} {
		wantCovers(t, book.Record(f), 5*block, 0)
	}
	wantCovers(t, book.Record(disk), 5*block, 2*block)
	if err := book.Forget(disk); err != nil {
		t.Error(err)
	}
	wantCovers(t, book.Record(disk), 5*block, 0)
	if err := book.Forget(disk); err != nil {
		t.Errorf("a record that is not there: %v", err)
	}
}

// TestRecord_believesNoTornLine: whatever a crash has left ends what is known.
func TestRecord_believesNoTornLine(t *testing.T) {
	dir := t.TempDir()
	r := sent.In(dir).Record(disk)
	if err := read(t, r, 0, "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 1 {
		t.Fatalf("files %q, want one", files)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		if err := os.WriteFile(files[0], whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		want := max(0, int64(3-(len(whole)-cut+64)/65)) * block
		wantCovers(t, r, 5*block, want)
	}
	zeros := string(whole[:len(whole)-130]) + strings.Repeat("\x00", 130)
	if err := os.WriteFile(files[0], []byte(zeros), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCovers(t, r, 5*block, block)
}

func TestRecord_thatCannotBeWrittenKnowsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := sent.In(filepath.Join(file, "below")).Record(disk)
	if err := read(t, r, 0, "a", "b"); err != nil {
		t.Errorf("the upload fails of it: %v", err)
	}
	wantCovers(t, r, 5*block, 0)
}

func TestBook_sweepsWhatIsOld(t *testing.T) {
	dir := t.TempDir()
	book := sent.In(dir)
	if err := read(t, book.Record(disk), 0, "a"); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign")
	if err := os.WriteFile(foreign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := book.Sweep(time.Now().Add(-time.Hour)); err != nil {
		t.Error(err)
	}
	wantCovers(t, book.Record(disk), 5*block, block)
	if err := book.Sweep(time.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	wantCovers(t, book.Record(disk), 5*block, 0)
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
	if err := sent.In(filepath.Join(dir, "none")).Sweep(time.Now()); err != nil {
		t.Error(err)
	}
}
