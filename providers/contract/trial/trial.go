package trial

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
)

// Place is where a rule is tried, and how hard.
type Place struct {
	Store    providers.Store
	Dir      string        // the rule's own folder
	Sizes    []int64       // of the files that must come back byte by byte
	Entries  int           // of the directory that must be listed whole
	Patience time.Duration // a call that takes longer hangs
	Grace    time.Duration // what there is to sweep once the context is done
	Made     *Ledger       // nil: nothing is noted
}

// Trial is one rule being tried. It remembers the first thing that went wrong;
// from then on its methods call the store no more. Names are relative to the
// rule's folder.
type Trial struct {
	Place
	Err error // the first thing that went wrong; nil: nothing yet
}

// NotApplicable is the error of a rule that cannot be tried at a place.
type NotApplicable struct{ Because string }

func (e *NotApplicable) Error() string { return "not applicable: " + e.Because }

// Path is the path of name at the place.
func (t *Trial) Path(name string) string { return path.Join(t.Dir, name) }

// Broken records what was seen instead of what the rule promises.
func (t *Trial) Broken(format string, args ...any) {
	if t.Err == nil {
		t.Err = fmt.Errorf(format, args...)
	}
}

// NotApplicable records why the rule cannot be tried.
func (t *Trial) NotApplicable(format string, args ...any) {
	if t.Err == nil {
		t.Err = &NotApplicable{Because: fmt.Sprintf(format, args...)}
	}
}

// Must records an error of a call that has to succeed.
func (t *Trial) Must(err error) {
	if err != nil && t.Err == nil {
		t.Err = err
	}
}

// Refused demands an error that wraps want; any error will do where want is nil.
func (t *Trial) Refused(did string, err, want error) {
	switch {
	case t.Err != nil:
	case err == nil:
		t.Broken("%s: got no error, want %s", did, wanted(want))
	case want != nil && !errors.Is(err, want):
		t.Broken("%s: want %s, got: %w", did, wanted(want), err)
	}
}

func wanted(err error) string {
	if err == nil {
		return "one"
	}
	return fmt.Sprintf("%q", err)
}

// Note takes a path of the place that may be there from now on.
func (t *Trial) Note(p string) { t.Made.Note(p) }

// Stat asks for name.
func (t *Trial) Stat(ctx context.Context, name string) (providers.File, error) {
	if t.Err != nil {
		return providers.File{}, t.Err
	}
	return t.Store.Stat(ctx, t.Path(name))
}

// List lists dir.
func (t *Trial) List(ctx context.Context, dir string) ([]providers.File, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	return t.Store.List(ctx, t.Path(dir))
}

// Put stores body as name, and notes it.
func (t *Trial) Put(ctx context.Context, name string, body providers.Body) error {
	if t.Err != nil {
		return t.Err
	}
	t.Note(t.Path(name))
	return t.Store.Put(ctx, t.Path(name), body)
}

// Rename renames from to to, and notes it.
func (t *Trial) Rename(ctx context.Context, from, to string) error {
	if t.Err != nil {
		return t.Err
	}
	t.Made.Moved(t.Path(from), t.Path(to))
	return t.Store.Rename(ctx, t.Path(from), t.Path(to))
}

// Remove removes name.
func (t *Trial) Remove(ctx context.Context, name string) error {
	if t.Err != nil {
		return t.Err
	}
	return t.Store.Remove(ctx, t.Path(name))
}

// Write puts a small file.
func (t *Trial) Write(ctx context.Context, name, text string) {
	t.Must(t.Put(ctx, name, bodies.Text(text)))
}

// EmptyDir makes an empty directory by the only means there are.
func (t *Trial) EmptyDir(ctx context.Context, name string) {
	t.Write(ctx, path.Join(name, "x"), "x")
	t.Must(t.Remove(ctx, path.Join(name, "x")))
}

// Holds demands that name is a regular file with exactly that content, as
// Stat, List and Open see it.
func (t *Trial) Holds(ctx context.Context, name string, body providers.Body) {
	f, err := t.Stat(ctx, name)
	t.Must(err)
	t.Describes(f, name, providers.Regular, body.Size())
	t.Listed(ctx, name, body.Size())
	t.Reads(ctx, name, body, 0)
}

// Listed demands that the listing of its parent shows name with that size.
func (t *Trial) Listed(ctx context.Context, name string, size int64) {
	files, err := t.List(ctx, path.Dir(name))
	t.Must(err)
	i := slices.IndexFunc(files, func(f providers.File) bool { return f.Path == t.Path(name) })
	if i < 0 {
		t.Broken("%s is not in the listing of its folder", name)
		return
	}
	t.Describes(files[i], name, providers.Regular, size)
}

// Describes compares one entry with what it should say.
func (t *Trial) Describes(f providers.File, name string, kind providers.Kind, size int64) {
	switch {
	case t.Err != nil:
	case f.Path != t.Path(name):
		t.Broken("%s: path is %q, want %q", name, f.Path, t.Path(name))
	case f.Kind != kind:
		t.Broken("%s: type is %q, want %q", name, f.Kind, kind)
	case kind == providers.Regular && f.Size != size:
		t.Broken("%s: size is %d, want %d", name, f.Size, size)
	}
}

// Reads demands that Open delivers body from offset on.
func (t *Trial) Reads(ctx context.Context, name string, body providers.Body, offset int64) {
	if t.Err != nil {
		return
	}
	r, err := t.Store.Open(ctx, t.Path(name), offset)
	if err != nil {
		t.Must(err)
		return
	}
	if err := bodies.Same(r, body, offset); err != nil {
		t.Broken("%s from byte %d: %w", name, offset, err)
	}
	t.Must(r.Close())
}

// Lists demands exactly these names, in this order.
func (t *Trial) Lists(ctx context.Context, dir string, want ...string) {
	files, err := t.List(ctx, dir)
	t.Must(err)
	got := NamesOf(files)
	switch {
	case t.Err != nil || slices.Equal(got, want):
	case len(want) > 20:
		t.Broken("listing of %s: got %d entries, want these %d, sorted: %q, ...", dir, len(got), len(want), want[:3])
	default:
		t.Broken("listing of %s: got %q, want %q", dir, got, want)
	}
}

// ListsOnly demands no names but these; all of them may be missing, and the
// directory too.
func (t *Trial) ListsOnly(ctx context.Context, dir string, allowed ...string) {
	files, err := t.List(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	t.Must(err)
	for _, name := range NamesOf(files) {
		if !slices.Contains(allowed, name) {
			t.Broken("%q appeared in %s", name, dir)
		}
	}
}

// NamesOf returns the names of files, in their order.
func NamesOf(files []providers.File) []string {
	var got []string
	for _, f := range files {
		got = append(got, f.Name())
	}
	return got
}

// IsDir demands that name is a folder.
func (t *Trial) IsDir(ctx context.Context, name string) {
	f, err := t.Stat(ctx, name)
	t.Must(err)
	t.Describes(f, name, providers.Dir, 0)
}

// Gone demands that nothing is at name.
func (t *Trial) Gone(ctx context.Context, name string) {
	_, err := t.Stat(ctx, name)
	t.Refused("stat "+name, err, fs.ErrNotExist)
}

// Works demands that the store is usable after something went wrong.
func (t *Trial) Works(ctx context.Context) {
	t.Write(ctx, "afterwards/file", "still here")
	t.Holds(ctx, "afterwards/file", bodies.Text("still here"))
	t.Lists(ctx, "afterwards", "file")
}

// Discard removes paths, the last one first, whatever was recorded before;
// what it cannot remove is left to the sweep.
func (t *Trial) Discard(ctx context.Context, names ...string) {
	for i := len(names) - 1; i >= 0; i-- {
		_ = t.Store.Remove(ctx, t.Path(names[i]))
	}
}
