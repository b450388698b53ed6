package contract

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

var lists = []clause{
	{"list-sorted", "a listing has every entry once, sorted, with type and size, without . and ..", "", listSorted},
	{"list-missing", "listing a missing directory reports that it does not exist", "", listMissing},
	{"list-empty", "listing an empty directory succeeds and is empty", "", listEmpty},
	{"list-file", "listing a file fails", "", listFile},
}

// longs are tried last: they take longest.
var longs = []clause{
	{"list-many", "the listing of a large directory is complete",
		"raise the server's limit of entries (Pure-FTPd: LimitRecursion)", listMany},
}

func listSorted(ctx context.Context, t *trial) {
	for _, name := range []string{"c", "a.txt", "b/below", "a-b", "a/below", "C2"} {
		t.write(ctx, name, name)
	}
	t.lists(ctx, ".", "C2", "a", "a-b", "a.txt", "b", "c")
	files, err := t.list(ctx, ".")
	t.must(err)
	for _, f := range files {
		kind := providers.Regular
		if f.Name() == "a" || f.Name() == "b" {
			kind = providers.Dir
		}
		t.describes(f, f.Name(), kind, int64(len(f.Name())))
	}
}

func listMissing(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	for _, dir := range []string{"missing", "missing/deeper"} {
		files, err := t.list(ctx, dir)
		t.refused("listing of a missing directory", err, fs.ErrNotExist)
		t.noHalf(files)
	}
}

// noHalf demands that a listing that failed is nil.
func (t *trial) noHalf(files []providers.File) {
	if files != nil {
		t.broken("a failed listing has %d entries, want nil", len(files))
	}
}

func listEmpty(ctx context.Context, t *trial) {
	t.emptyDir(ctx, "dir")
	t.lists(ctx, "dir")
}

func listFile(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	files, err := t.list(ctx, "file")
	t.refused("listing of a file", err, nil)
	t.noHalf(files)
}

func listMany(ctx context.Context, t *trial) {
	names, sent := make([]string, t.env.Entries), make([]bool, t.env.Entries)
	for i := range names {
		names[i] = fmt.Sprintf("disk-%d.vmdk", i)
	}
	// Removed by name, because a listing that is cut cannot be swept.
	defer t.discardMany(ctx, "dir", names, sent)
	t.spread(len(names), func(own *trial, i int) {
		own.env.made = nil // they are removed below, and may be a million
		sent[i] = own.err == nil
		own.write(ctx, "dir/"+names[i], "x")
	})
	t.lists(ctx, "dir", slices.Sorted(slices.Values(names))...)
}

// discardMany is discard for those of many names in dir that were sent, also
// once ctx is done.
func (t *trial) discardMany(ctx context.Context, dir string, names []string, sent []bool) {
	ctx, cancel := t.env.farewell(ctx)
	defer cancel()
	fresh := trial{env: t.env}
	fresh.spread(len(names), func(own *trial, i int) {
		if sent[i] && ctx.Err() == nil {
			own.discard(ctx, dir+"/"+names[i])
		}
	})
}
