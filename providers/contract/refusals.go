package contract

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

var refusals = []clause{
	{"paths-long", "deep paths can be written, listed and read", "choose a short root, work_dir and layout", pathsLong},
	{"paths-reading", "reading a path outside the root fails", "", pathsReading},
	{"paths-writing", "writing to an invalid path, or to a name that servers change, fails", "", pathsWriting},
}

func pathsReading(ctx context.Context, t *trial) {
	for _, p := range []string{"", "/", "/etc", "..", "../x", "./x", "a//b", "a/", "a/../b", "a\nb", "a\x00b"} {
		_, err := t.env.Store.Stat(ctx, p)
		t.refused(fmt.Sprintf("stat %q", p), err, providers.ErrName)
		_, err = t.env.Store.List(ctx, p)
		t.refused(fmt.Sprintf("list %q", p), err, providers.ErrName)
		r, err := t.env.Store.Open(ctx, p, 0)
		if err == nil {
			r.Close()
		}
		t.refused(fmt.Sprintf("open %q", p), err, providers.ErrName)
	}
}

// pathsWriting uses only paths that stay in the folder even where a store
// obeys them.
func pathsWriting(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	for _, tail := range []string{
		"//b", "/./b", "/b/", "/a/../b", "/a\nb", "/a\rb", "/a\tb", "/a\x00b", "/a\xffb", "/a\u202eb", "/a ", "/a.", "/a\\b",
	} {
		t.refusesWriting(ctx, t.env.Dir+tail)
	}
	t.lists(ctx, ".", "file")
	t.holds(ctx, "file", Text("text"))
}

func (t *trial) refusesWriting(ctx context.Context, p string) {
	if t.err != nil {
		return
	}
	store, file := t.env.Store, t.path("file")
	t.refused(fmt.Sprintf("put %q", p), store.Put(ctx, p, Text("new")), providers.ErrName)
	t.refused(fmt.Sprintf("rename to %q", p), store.Rename(ctx, file, p), providers.ErrName)
	t.refused(fmt.Sprintf("rename of %q", p), store.Rename(ctx, p, t.path("new")), providers.ErrName)
	t.refused(fmt.Sprintf("remove %q", p), store.Remove(ctx, p), providers.ErrName)
}
