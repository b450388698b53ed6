package rules

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var resumes = []Clause{
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

// resumed finishes name after a part of it was put, if any.
func resumed(ctx context.Context, t *trial.Trial, name string, part, body providers.Body) (kept int64) {
	resumer, ok := providers.As[providers.Resumer](t.Store)
	if !ok {
		t.NotApplicable("the store sends every file from its beginning")
	}
	if part != nil {
		t.Must(t.Put(ctx, name, part))
	}
	if t.Err != nil {
		return 0
	}
	kept, err := resumer.Resume(ctx, t.Path(name), body)
	t.Must(err)
	t.Holds(ctx, name, body)
	return kept
}

func resumePart(ctx context.Context, t *trial.Trial) {
	whole := bodies.Noise{Seed: 1, Bytes: 2*partBytes + 1}
	switch kept := resumed(ctx, t, "file", bodies.Noise{Seed: 1, Bytes: partBytes}, whole); {
	case t.Err != nil:
	case kept == 0:
		t.NotApplicable("uploads cannot be resumed: an interrupted file is sent again from its beginning; " +
			"if the server has a setting for it, allow REST before STOR (ProFTPD: AllowStoreRestart on)")
	case kept != partBytes:
		t.Broken("%d bytes were kept, want the existing %d", kept, partBytes)
	}
}

// resumeCut ends an upload as a lost connection does, and finishes it.
func resumeCut(ctx context.Context, t *trial.Trial) {
	// Its body ends with the context: on a busy machine the rest would be sent before
	// anybody sees that.
	body := bodies.NewStuck(2<<20, context.Canceled)
	doomed, cancel := context.WithCancel(ctx)
	defer cancel()
	defer body.Release()
	ended := trial.Begin(doomed, t, "file", body)
	if t.Err != nil {
		return
	}
	cancel()
	body.Release()
	trial.EndsCancelled(t, "put", ended)
	part, err := t.Stat(ctx, "file")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Must(err)
	}
	if kept := resumed(ctx, t, "file", nil, body.Body); t.Err == nil && kept == 0 && part.Size > 0 {
		t.NotApplicable("uploads cannot be resumed: an interrupted upload left %d bytes and started again", part.Size)
	}
}

func resumeOther(ctx context.Context, t *trial.Trial) {
	kept := resumed(ctx, t, "file", bodies.Noise{Seed: 2, Bytes: partBytes}, bodies.Noise{Seed: 1, Bytes: 2 * partBytes})
	if kept != 0 {
		t.Broken("%d bytes of different content were kept", kept)
	}
}

func resumeLonger(ctx context.Context, t *trial.Trial) {
	kept := resumed(ctx, t, "file", bodies.Noise{Seed: 1, Bytes: 2 * partBytes}, bodies.Noise{Seed: 1, Bytes: partBytes})
	if kept != 0 {
		t.Broken("%d bytes of a longer file were kept", kept)
	}
}

func resumeWhole(ctx context.Context, t *trial.Trial) {
	body := bodies.Noise{Seed: 1, Bytes: partBytes}
	resumed(ctx, t, "file", body, body)
}

func resumeMissing(ctx context.Context, t *trial.Trial) {
	if kept := resumed(ctx, t, "folder/file", nil, bodies.Noise{Seed: 1, Bytes: partBytes}); kept != 0 {
		t.Broken("%d bytes were kept although no part existed", kept)
	}
}
