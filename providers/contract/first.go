package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// firsts are what all other rules are made of. They are tried first and in this
// order, so that a place where one of them does not hold is reported by that
// one alone.
var firsts = []clause{
	{"first-store", "a small file can be stored", "allow the account to write below the root", firstStore},
	{"first-listing", "a listing shows a file that was just stored, under its name", "", firstListing},
	{"first-size", "a stored file has the size that was sent", "", firstSize},
	{"first-read", "a file can be read back", "allow the account to read below the root", firstRead},
	{"first-folder", "a folder can be created and is listed as a folder", "allow the account to create folders", firstFolder},
	{"first-remove", "a file and an empty folder can be deleted", "allow the account to delete", firstRemove},
}

const firstText = Text("stored")

func firstStore(ctx context.Context, t *trial) { t.must(t.put(ctx, "stored", firstText)) }

func firstListing(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "stored", firstText))
	if t.err != nil {
		return
	}
	files, err := t.list(ctx, ".")
	if err == nil && slices.Equal(namesOf(files), []string{"stored"}) {
		return
	}
	if err == nil {
		err = fmt.Errorf("the listing of its folder shows %q", namesOf(files))
	}
	t.must(errors.Join(err, t.raw(ctx, ".")))
}

// rawLines is how many lines of a listing are shown.
const rawLines = 5

// raw is an error that shows a listing as the place sent it; nil where that is
// not known, or where the place cannot be asked any more.
func (t *trial) raw(ctx context.Context, dir string) error {
	lister, ok := providers.As[providers.RawLister](t.env.Store)
	if !ok {
		return nil
	}
	lines, err := lister.RawList(ctx, t.path(dir))
	switch {
	case err != nil:
		return nil
	case len(lines) == 0:
		return errors.New("the server sent an empty listing")
	}
	var quoted []string
	for _, line := range lines[:min(len(lines), rawLines)] {
		quoted = append(quoted, fmt.Sprintf("%q", line))
	}
	if more := len(lines) - rawLines; more > 0 {
		quoted = append(quoted, fmt.Sprintf("and %d more", more))
	}
	return errors.New("the server sent the lines " + strings.Join(quoted, ", "))
}

func firstSize(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "stored", firstText))
	f, err := t.stat(ctx, "stored")
	t.must(err)
	t.describes(f, "stored", providers.Regular, firstText.Size())
	t.listed(ctx, "stored", firstText.Size())
}

func firstRead(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "stored", firstText))
	t.reads(ctx, "stored", firstText, 0)
}

func firstFolder(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "folder/stored", firstText))
	files, err := t.list(ctx, ".")
	t.must(err)
	if t.err == nil && (len(files) != 1 || files[0].Name() != "folder" || files[0].Kind != providers.Dir) {
		t.broken("the listing of its parent shows %v", files)
	}
	t.lists(ctx, "folder", "stored")
}

func firstRemove(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "folder/stored", firstText))
	for _, name := range []string{"folder/stored", "folder"} {
		t.must(t.remove(ctx, name))
		if _, err := t.stat(ctx, name); t.err == nil && !errors.Is(err, fs.ErrNotExist) {
			t.broken("%s still exists although the server acknowledged its deletion: %v", name, err)
		}
	}
}
