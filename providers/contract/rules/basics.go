package rules

import (
	"context"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var basics = []Clause{
	{"traits", "the server's self-description is consistent", "", traitsMakeSense},
	{"stat-root", "the root is a directory", "set root to a folder that exists", statRoot},
	{"stat-missing", "stat of a missing path reports that it does not exist", "", statMissing},
	{"stat-dir", "stat of a directory reports a directory", "", statDir},
	{"stat-below-file", "stat of a path below a file reports that it does not exist", "", statBelowFile},
	{"times", "times are in UTC or unknown", "", times},
}

func traitsMakeSense(_ context.Context, t *trial.Trial) {
	traits := t.Store.Traits()
	if traits.Sessions < 1 {
		t.Broken("%d sessions, want at least 1", traits.Sessions)
	}
	if traits.NameBytes < 1 {
		t.Broken("names of %d bytes, want at least 1", traits.NameBytes)
	}
	if traits.TimeStep < 0 || traits.PathBytes < 0 {
		t.Broken("a negative limit: %+v", traits)
	}
}

func statRoot(ctx context.Context, t *trial.Trial) {
	f, err := t.Store.Stat(ctx, ".")
	t.Must(err)
	if t.Err == nil && (f.Kind != providers.Dir || f.Path != ".") {
		t.Broken("the root is %q of type %q", f.Path, f.Kind)
	}
}

func statMissing(ctx context.Context, t *trial.Trial) {
	t.Gone(ctx, "missing")
	t.Gone(ctx, "missing/deeper/missing")
}

func statDir(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "a/b/c", "c")
	t.IsDir(ctx, "a")
	t.IsDir(ctx, "a/b")
}

func statBelowFile(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	t.Gone(ctx, "file/below")
}

func times(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	f, err := t.Stat(ctx, "file")
	t.Must(err)
	files, err := t.List(ctx, ".")
	t.Must(err)
	for _, f := range append(files, f) {
		if f.ModTime.Location() != time.UTC {
			t.Broken("%s: time %v is not in UTC", f.Path, f.ModTime)
		}
	}
}
