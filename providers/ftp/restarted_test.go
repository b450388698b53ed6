package ftp_test

import (
	"context"
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// inFlight is what may be on its way when a server dies, in buffers of both
// sides and of the relay: it is sent again by right.
const inFlight = 12 << 20

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
		body := providertest.Noise(1, 40<<20)
		err := o.store.Put(t.Context(), "kept/file", &trap{Body: body, at: killedAt, do: func() { restart(t, o.srv) }})
		if err != nil {
			t.Errorf("put: %v", err)
		}
		expectWhole(t, o.srv, "kept/file", body)
		again := o.relay.Uploaded() - body.Size()
		t.Logf("%d KiB were sent again", again>>10)
		if r.Facts.Resume && again > inFlight {
			t.Errorf("%d bytes were sent again, want %d at most", again, inFlight)
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
		kept, sent := halfSent(t, r, body).resumes(t, body)
		t.Logf("%d KiB were kept, %d KiB were sent", kept>>10, sent>>10)
		if least := int64(killedAt - inFlight); r.Facts.Resume && kept < least {
			t.Errorf("%d bytes were kept, want %d at least", kept, least)
		}
		if most := (body.Size() - kept) * 101 / 100; sent > most {
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
