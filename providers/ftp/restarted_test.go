package ftp_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// readAhead is what a store may have read of a file beyond where a trap springs, and
// what is sent again of a part to prove it, at most. What is on its way when a server
// dies is sent again, too: the buffers of the kernel hold up to 32 MiB of it.
const readAhead = 4 << 20

// held is the size of the part of kept/file that a server has on its disk.
func (o outage) held(t *testing.T) int64 {
	t.Helper()
	f, err := os.Stat(filepath.Join(o.srv.Root, "kept", "file"))
	if err != nil {
		t.Error(err)
		return 0
	}
	return f.Size()
}

// resumer is what a store has that can finish a file.
type resumer interface {
	Resume(ctx context.Context, path string, body providers.Body) (kept int64, err error)
}

// The server dies in mid-file and is back on the same port: the same call goes
// on where the server got to, and sends from the beginning only where the
// server knows no REST.
func TestOutage_aRestartCostsNoBytes(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, secured(r)), calmly, ftptest.Faults{})
		body, held := providertest.Noise(1, 40<<20), int64(0)
		err := o.store.Put(t.Context(), "kept/file", &trap{Body: body, at: killedAt, do: func() {
			restart(t, o.srv)
			held = o.held(t)
		}})
		if err != nil {
			t.Errorf("put: %v", err)
		}
		expectWhole(t, o.srv, "kept/file", body)
		again := o.relay.Uploaded() - body.Size()
		t.Logf("%d KiB were sent again, the server had %d KiB", again>>10, held>>10)
		if most := killedAt - held + readAhead; r.Facts.Resume && again > most {
			t.Errorf("%d bytes were sent again, want %d at most", again, most)
		}
		o.recovers(t, "kept/file")
	})
}

// halfSent leaves a part of body on a server that was killed and is back.
func halfSent(t *testing.T, r ftptest.RealServer, body providers.Body) outage {
	t.Helper()
	o := cutOff(t, ftptest.NewReal(t, r.Name, secured(r)), calmly, ftptest.Faults{})
	err := o.store.Put(t.Context(), "kept/file", &trap{Body: body, at: killedAt, do: func() { kill(t, o.srv) }})
	if !errors.Is(err, providers.ErrUnreachable) {
		t.Fatalf("put to a server that is gone: got %v, want %v", err, providers.ErrUnreachable)
	}
	if err := o.srv.Restart(); err != nil {
		t.Fatal(err)
	}
	return o
}

// resumes finishes kept/file, and tells what was kept of it and what was sent.
func (o outage) resumes(t *testing.T, body providers.Body) (kept, sent int64) {
	t.Helper()
	r, ok := providers.As[resumer](o.store)
	if !ok {
		t.Fatal("the store cannot resume")
	}
	before := o.relay.Uploaded()
	kept, err := r.Resume(t.Context(), "kept/file", body)
	if err != nil {
		t.Errorf("resume: %v", err)
	}
	expectWhole(t, o.srv, "kept/file", body)
	return kept, o.relay.Uploaded() - before
}

func TestOutage_aLaterRunGoesOn(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		body := providertest.Noise(1, 40<<20)
		o := halfSent(t, r, body)
		held := o.held(t)
		kept, sent := o.resumes(t, body)
		t.Logf("%d KiB were kept of %d KiB, %d KiB were sent", kept>>10, held>>10, sent>>10)
		if least := held - readAhead; r.Facts.Resume && kept < least {
			t.Errorf("%d bytes were kept, want %d at least", kept, least)
		}
		most := (body.Size() - kept) * 101 / 100
		if r.Name == "ftp-srv" { // it takes REST and then writes from the beginning: what follows the part is sent in vain once
			most += body.Size() - held + readAhead
		}
		if sent > most {
			t.Errorf("%d bytes were sent, want %d at most", sent, most)
		}
	})
}

// Other content of the same name and size is never spliced with the part.
func TestOutage_otherContentIsNotSpliced(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		other := providertest.Noise(2, 40<<20)
		o := halfSent(t, r, providertest.Noise(1, other.Size()))
		if kept, _ := o.resumes(t, other); kept != 0 {
			t.Errorf("%d bytes of different content were kept", kept)
		}
	})
}
