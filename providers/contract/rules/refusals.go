package rules

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var refusals = []Clause{
	{"paths-long", "deep paths can be written, listed and read", "choose a short root, work_dir and layout", pathsLong},
	{"paths-reading", "reading a path outside the root fails", "", pathsReading},
	{"paths-writing", "writing to an invalid path, or to a name that servers change, fails", "", pathsWriting},
}

func pathsReading(ctx context.Context, t *trial.Trial) {
	for _, p := range []string{"", "/", "/etc", "..", "../x", "./x", "a//b", "a/", "a/../b", "a\nb", "a\x00b"} {
		_, err := t.Store.Stat(ctx, p)
		t.Refused(fmt.Sprintf("stat %q", p), err, providers.ErrName)
		_, err = t.Store.List(ctx, p)
		t.Refused(fmt.Sprintf("list %q", p), err, providers.ErrName)
		r, err := t.Store.Open(ctx, p, 0)
		if err == nil {
			r.Close()
		}
		t.Refused(fmt.Sprintf("open %q", p), err, providers.ErrName)
	}
}

// pathsWriting uses only paths that stay in the folder even where a store
// obeys them.
func pathsWriting(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	for _, tail := range []string{
		"//b", "/./b", "/b/", "/a/../b", "/a\nb", "/a\rb", "/a\tb", "/a\x00b", "/a\xffb", "/a\u202eb", "/a ", "/a.", "/a\\b",
	} {
		refusesWriting(ctx, t, t.Dir+tail)
	}
	t.Lists(ctx, ".", "file")
	t.Holds(ctx, "file", bodies.Text("text"))
}

func refusesWriting(ctx context.Context, t *trial.Trial, p string) {
	if t.Err != nil {
		return
	}
	store, file := t.Store, t.Path("file")
	t.Refused(fmt.Sprintf("put %q", p), store.Put(ctx, p, bodies.Text("new")), providers.ErrName)
	t.Refused(fmt.Sprintf("rename to %q", p), store.Rename(ctx, file, p), providers.ErrName)
	t.Refused(fmt.Sprintf("rename of %q", p), store.Rename(ctx, p, t.Path("new")), providers.ErrName)
	t.Refused(fmt.Sprintf("remove %q", p), store.Remove(ctx, p), providers.ErrName)
}

func pathsLong(ctx context.Context, t *trial.Trial) {
	if name, refused := keptDeep(ctx, t); t.Err == nil && refused > 0 {
		t.NotApplicable("the place refuses paths of more than %d bytes", len(t.Path(name)))
	}
}
