package contract

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
)

var resumes = []clause{
	{"resume-part", "an interrupted file is resumed where it ends", `set transfer { resume = false } for this destination, so that an interrupted file is sent again from its beginning`, resumePart},
	{"resume-cut", "an interrupted upload can be completed at once",
		"if the server keeps a file locked for some seconds after a lost connection, the next apply completes it", resumeCut},
	{"resume-other", "a partial upload with different content is never continued", "", resumeOther},
	{"resume-longer", "a longer file at the destination is replaced", "", resumeLonger},
	{"resume-whole", "a complete file is kept and reads back unchanged", "", resumeWhole},
	{"resume-missing", "a file without a partial upload is sent completely", "", resumeMissing},
}

// partBytes is more than what a server writes in one go.
const partBytes = 300_000

// resume finishes name after a part of it was put, if any.
func (t *trial) resume(ctx context.Context, name string, part, body providers.Body) (kept int64) {
	resumer, ok := providers.As[providers.Resumer](t.env.Store)
	if !ok {
		t.notApplicable("the store sends every file from its beginning")
	}
	if part != nil {
		t.must(t.put(ctx, name, part))
	}
	if t.err != nil {
		return 0
	}
	kept, err := resumer.Resume(ctx, t.path(name), body)
	t.must(err)
	t.holds(ctx, name, body)
	return kept
}

func resumePart(ctx context.Context, t *trial) {
	whole := Noise{Seed: 1, Bytes: 2*partBytes + 1}
	switch kept := t.resume(ctx, "file", Noise{Seed: 1, Bytes: partBytes}, whole); {
	case t.err != nil:
	case kept == 0:
		t.notApplicable("uploads cannot be resumed: an interrupted file is sent again from its beginning; " +
			"if the server has a setting for it, allow REST before STOR (ProFTPD: AllowStoreRestart on)")
	case kept != partBytes:
		t.broken("%d bytes were kept, want the existing %d", kept, partBytes)
	}
}

// resumeCut ends an upload as a lost connection does, and finishes it.
func resumeCut(ctx context.Context, t *trial) {
	// Its body ends with the context: on a busy machine the rest would be sent before
	// anybody sees that.
	body := newStuck(2<<20, context.Canceled)
	doomed, cancel := context.WithCancel(ctx)
	defer cancel()
	defer body.release()
	ended := t.begin(doomed, "file", body)
	if t.err != nil {
		return
	}
	cancel()
	body.release()
	t.endsCancelled("put", ended)
	part, err := t.stat(ctx, "file")
	if !errors.Is(err, fs.ErrNotExist) {
		t.must(err)
	}
	if kept := t.resume(ctx, "file", nil, body.Body); t.err == nil && kept == 0 && part.Size > 0 {
		t.notApplicable("uploads cannot be resumed: an interrupted upload left %d bytes and started again", part.Size)
	}
}

func resumeOther(ctx context.Context, t *trial) {
	kept := t.resume(ctx, "file", Noise{Seed: 2, Bytes: partBytes}, Noise{Seed: 1, Bytes: 2 * partBytes})
	if kept != 0 {
		t.broken("%d bytes of different content were kept", kept)
	}
}

func resumeLonger(ctx context.Context, t *trial) {
	kept := t.resume(ctx, "file", Noise{Seed: 1, Bytes: 2 * partBytes}, Noise{Seed: 1, Bytes: partBytes})
	if kept != 0 {
		t.broken("%d bytes of a longer file were kept", kept)
	}
}

func resumeWhole(ctx context.Context, t *trial) {
	body := Noise{Seed: 1, Bytes: partBytes}
	t.resume(ctx, "file", body, body)
}

func resumeMissing(ctx context.Context, t *trial) {
	if kept := t.resume(ctx, "folder/file", nil, Noise{Seed: 1, Bytes: partBytes}); kept != 0 {
		t.broken("%d bytes were kept although no part existed", kept)
	}
}
