package rules

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var lists = []Clause{
	{"list-sorted", "a listing has every entry once, sorted, with type and size, without . and ..", "", listSorted},
	{"list-missing", "listing a missing directory reports that it does not exist", "", listMissing},
	{"list-empty", "listing an empty directory succeeds and is empty", "", listEmpty},
	{"list-file", "listing a file fails", "", listFile},
}

// longs are tried last: they take longest.
var longs = []Clause{
	{"list-many", "the listing of a large directory is complete",
		"raise the server's limit of entries (Pure-FTPd: LimitRecursion)", listMany},
}

func listSorted(ctx context.Context, t *trial.Trial) {
	for _, name := range []string{"c", "a.txt", "b/below", "a-b", "a/below", "C2"} {
		t.Write(ctx, name, name)
	}
	t.Lists(ctx, ".", "C2", "a", "a-b", "a.txt", "b", "c")
	files, err := t.List(ctx, ".")
	t.Must(err)
	for _, f := range files {
		kind := providers.Regular
		if f.Name() == "a" || f.Name() == "b" {
			kind = providers.Dir
		}
		t.Describes(f, f.Name(), kind, int64(len(f.Name())))
	}
}

func listMissing(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	for _, dir := range []string{"missing", "missing/deeper"} {
		files, err := t.List(ctx, dir)
		t.Refused("listing of a missing directory", err, fs.ErrNotExist)
		noHalf(t, files)
	}
}

// noHalf demands that a listing that failed is nil.
func noHalf(t *trial.Trial, files []providers.File) {
	if files != nil {
		t.Broken("a failed listing has %d entries, want nil", len(files))
	}
}

func listEmpty(ctx context.Context, t *trial.Trial) {
	t.EmptyDir(ctx, "dir")
	t.Lists(ctx, "dir")
}

func listFile(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	files, err := t.List(ctx, "file")
	t.Refused("listing of a file", err, nil)
	noHalf(t, files)
}

func listMany(ctx context.Context, t *trial.Trial) {
	names, sent := make([]string, t.Entries), make([]bool, t.Entries)
	for i := range names {
		names[i] = fmt.Sprintf("disk-%d.vmdk", i)
	}
	// Removed by name, because a listing that is cut cannot be swept.
	defer discardMany(ctx, t, "dir", names, sent)
	trial.Spread(t, len(names), func(own *trial.Trial, i int) {
		own.Made = nil // they are removed below, and may be a million
		sent[i] = own.Err == nil
		own.Write(ctx, "dir/"+names[i], "x")
	})
	t.Lists(ctx, "dir", slices.Sorted(slices.Values(names))...)
}

// discardMany is discard for those of many names in dir that were sent, also
// once ctx is done.
func discardMany(ctx context.Context, t *trial.Trial, dir string, names []string, sent []bool) {
	ctx, cancel := trial.Farewell(ctx, t.Grace)
	defer cancel()
	fresh := &trial.Trial{Place: t.Place}
	trial.Spread(fresh, len(names), func(own *trial.Trial, i int) {
		if sent[i] && ctx.Err() == nil {
			own.Discard(ctx, dir+"/"+names[i])
		}
	})
}
