package contract

import (
	"context"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

var basics = []clause{
	{"traits", "the server's self-description is consistent", "", traitsMakeSense},
	{"stat-root", "the root is a directory", "set root to a folder that exists", statRoot},
	{"stat-missing", "stat of a missing path reports that it does not exist", "", statMissing},
	{"stat-dir", "stat of a directory reports a directory", "", statDir},
	{"stat-below-file", "stat of a path below a file reports that it does not exist", "", statBelowFile},
	{"times", "times are in UTC or unknown", "", times},
}

func traitsMakeSense(_ context.Context, t *trial) {
	traits := t.env.Store.Traits()
	if traits.Sessions < 1 {
		t.broken("%d sessions, want at least 1", traits.Sessions)
	}
	if traits.NameBytes < 1 {
		t.broken("names of %d bytes, want at least 1", traits.NameBytes)
	}
	if traits.TimeStep < 0 || traits.PathBytes < 0 {
		t.broken("a negative limit: %+v", traits)
	}
}

func statRoot(ctx context.Context, t *trial) {
	f, err := t.env.Store.Stat(ctx, ".")
	t.must(err)
	if t.err == nil && (f.Kind != providers.Dir || f.Path != ".") {
		t.broken("the root is %q of type %q", f.Path, f.Kind)
	}
}

func statMissing(ctx context.Context, t *trial) {
	t.gone(ctx, "missing")
	t.gone(ctx, "missing/deeper/missing")
}

func statDir(ctx context.Context, t *trial) {
	t.write(ctx, "a/b/c", "c")
	t.isDir(ctx, "a")
	t.isDir(ctx, "a/b")
}

func statBelowFile(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	t.gone(ctx, "file/below")
}

func times(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	f, err := t.stat(ctx, "file")
	t.must(err)
	files, err := t.list(ctx, ".")
	t.must(err)
	for _, f := range append(files, f) {
		if f.ModTime.Location() != time.UTC {
			t.broken("%s: time %v is not in UTC", f.Path, f.ModTime)
		}
	}
}
