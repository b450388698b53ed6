package source_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
)

func TestBody_isRecordedOnceItsReaderIsClosed(t *testing.T) {
	const size = 2*sent.BlockBytes + 7
	settings := local.NewSettings()
	settings.Path = t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(settings.Path, "disk.vmdk"), nil, 0o600),
		os.Truncate(filepath.Join(settings.Path, "disk.vmdk"), size)); err != nil {
		t.Fatal(err)
	}
	store, err := local.Open(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	file, err := store.Stat(t.Context(), "disk.vmdk")
	if err != nil {
		t.Fatal(err)
	}
	record := sent.In(t.TempDir()).Record(sent.File{Path: file.Path, Size: file.Size, ModTime: file.ModTime})
	for _, offset := range []int64{0, sent.BlockBytes + 3} {
		body := source.NewBody(t.Context(), store, file, source.Reading{Record: record, AsClaimed: func() bool { return false }})
		r, err := body.Open(offset)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); err != nil || n != size-offset {
			t.Errorf("%d bytes from %d on, %v", n, offset, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if n := record.Covers(size); n != 2*sent.BlockBytes {
			t.Errorf("after a reading from %d on, %d bytes are known", offset, n)
		}
		if unrecorded := providers.Recorded(body).Unrecorded(size); unrecorded != 2*sent.BlockBytes {
			t.Errorf("got %d", unrecorded)
		}
	}
}
