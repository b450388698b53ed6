package rules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

// firsts are what all other rules are made of. They are tried first and in this
// order, so that a place where one of them does not hold is reported by that
// one alone.
var firsts = []Clause{
	{"first-store", "a small file can be stored", "allow the account to write below the root", firstStore},
	{"first-listing", "a listing shows a file that was just stored, under its name", "", firstListing},
	{"first-size", "a stored file has the size that was sent", "", firstSize},
	{"first-read", "a file can be read back", "allow the account to read below the root", firstRead},
	{"first-folder", "a folder can be created and is listed as a folder", "allow the account to create folders", firstFolder},
	{"first-remove", "a file and an empty folder can be deleted", "allow the account to delete", firstRemove},
}

const firstText = bodies.Text("stored")

func firstStore(ctx context.Context, t *trial.Trial) { t.Must(t.Put(ctx, "stored", firstText)) }

func firstListing(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "stored", firstText))
	if t.Err != nil {
		return
	}
	files, err := t.List(ctx, ".")
	if err == nil && slices.Equal(trial.NamesOf(files), []string{"stored"}) {
		return
	}
	if err == nil {
		err = fmt.Errorf("the listing of its folder shows %q", trial.NamesOf(files))
	}
	t.Must(errors.Join(err, rawListing(ctx, t, ".")))
}

// rawLines is how many lines of a listing are shown.
const rawLines = 5

// rawListing is an error that shows a listing as the place sent it; nil where that is
// not known, or where the place cannot be asked any more.
func rawListing(ctx context.Context, t *trial.Trial, dir string) error {
	lister, ok := providers.As[providers.RawLister](t.Store)
	if !ok {
		return nil
	}
	lines, err := lister.RawList(ctx, t.Path(dir))
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

func firstSize(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "stored", firstText))
	f, err := t.Stat(ctx, "stored")
	t.Must(err)
	t.Describes(f, "stored", providers.Regular, firstText.Size())
	t.Listed(ctx, "stored", firstText.Size())
}

func firstRead(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "stored", firstText))
	t.Reads(ctx, "stored", firstText, 0)
}

func firstFolder(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "folder/stored", firstText))
	files, err := t.List(ctx, ".")
	t.Must(err)
	if t.Err == nil && (len(files) != 1 || files[0].Name() != "folder" || files[0].Kind != providers.Dir) {
		t.Broken("the listing of its parent shows %v", files)
	}
	t.Lists(ctx, "folder", "stored")
}

func firstRemove(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "folder/stored", firstText))
	for _, name := range []string{"folder/stored", "folder"} {
		t.Must(t.Remove(ctx, name))
		if _, err := t.Stat(ctx, name); t.Err == nil && !errors.Is(err, fs.ErrNotExist) {
			t.Broken("%s still exists although the server acknowledged its deletion: %v", name, err)
		}
	}
}
