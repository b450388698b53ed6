package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

// trial is one rule being tried. It remembers the first thing that went wrong;
// from then on its methods call the store no more. Names are relative to the
// rule's folder.
type trial struct {
	env Env // Dir is the rule's own folder
	err error
}

func (t *trial) path(name string) string { return path.Join(t.env.Dir, name) }

// broken records what was seen instead of what the rule promises.
func (t *trial) broken(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf(format, args...)
	}
}

func (t *trial) notApplicable(format string, args ...any) {
	if t.err == nil {
		t.err = &NotApplicable{Because: fmt.Sprintf(format, args...)}
	}
}

// must records an error of a call that has to succeed.
func (t *trial) must(err error) {
	if err != nil && t.err == nil {
		t.err = err
	}
}

// refused demands an error that wraps want; any error will do where want is nil.
func (t *trial) refused(did string, err, want error) {
	switch {
	case t.err != nil:
	case err == nil:
		t.broken("%s: got no error, want %s", did, wanted(want))
	case want != nil && !errors.Is(err, want):
		t.broken("%s: want %s, got: %w", did, wanted(want), err)
	}
}

func wanted(err error) string {
	if err == nil {
		return "one"
	}
	return fmt.Sprintf("%q", err)
}

func (t *trial) stat(ctx context.Context, name string) (providers.File, error) {
	if t.err != nil {
		return providers.File{}, t.err
	}
	return t.env.Store.Stat(ctx, t.path(name))
}

func (t *trial) list(ctx context.Context, dir string) ([]providers.File, error) {
	if t.err != nil {
		return nil, t.err
	}
	return t.env.Store.List(ctx, t.path(dir))
}

func (t *trial) put(ctx context.Context, name string, body providers.Body) error {
	if t.err != nil {
		return t.err
	}
	t.env.made.note(t.path(name))
	return t.env.Store.Put(ctx, t.path(name), body)
}

func (t *trial) rename(ctx context.Context, from, to string) error {
	if t.err != nil {
		return t.err
	}
	t.env.made.moved(t.path(from), t.path(to))
	return t.env.Store.Rename(ctx, t.path(from), t.path(to))
}

func (t *trial) remove(ctx context.Context, name string) error {
	if t.err != nil {
		return t.err
	}
	return t.env.Store.Remove(ctx, t.path(name))
}

// write puts a small file.
func (t *trial) write(ctx context.Context, name, text string) {
	t.must(t.put(ctx, name, Text(text)))
}

// emptyDir makes an empty directory by the only means there are.
func (t *trial) emptyDir(ctx context.Context, name string) {
	t.write(ctx, path.Join(name, "x"), "x")
	t.must(t.remove(ctx, path.Join(name, "x")))
}

// holds demands that name is a regular file with exactly that content, as
// Stat, List and Open see it.
func (t *trial) holds(ctx context.Context, name string, body providers.Body) {
	f, err := t.stat(ctx, name)
	t.must(err)
	t.describes(f, name, providers.Regular, body.Size())
	t.listed(ctx, name, body.Size())
	t.reads(ctx, name, body, 0)
}

// listed demands that the listing of its parent shows name with that size.
func (t *trial) listed(ctx context.Context, name string, size int64) {
	files, err := t.list(ctx, path.Dir(name))
	t.must(err)
	i := slices.IndexFunc(files, func(f providers.File) bool { return f.Path == t.path(name) })
	if i < 0 {
		t.broken("%s is not in the listing of its folder", name)
		return
	}
	t.describes(files[i], name, providers.Regular, size)
}

// describes compares one entry with what it should say.
func (t *trial) describes(f providers.File, name string, kind providers.Kind, size int64) {
	switch {
	case t.err != nil:
	case f.Path != t.path(name):
		t.broken("%s: path is %q, want %q", name, f.Path, t.path(name))
	case f.Kind != kind:
		t.broken("%s: type is %q, want %q", name, f.Kind, kind)
	case kind == providers.Regular && f.Size != size:
		t.broken("%s: size is %d, want %d", name, f.Size, size)
	}
}

// reads demands that Open delivers body from offset on.
func (t *trial) reads(ctx context.Context, name string, body providers.Body, offset int64) {
	if t.err != nil {
		return
	}
	r, err := t.env.Store.Open(ctx, t.path(name), offset)
	if err != nil {
		t.must(err)
		return
	}
	if err := same(r, body, offset); err != nil {
		t.broken("%s from byte %d: %w", name, offset, err)
	}
	t.must(r.Close())
}

// lists demands exactly these names, in this order.
func (t *trial) lists(ctx context.Context, dir string, want ...string) {
	files, err := t.list(ctx, dir)
	t.must(err)
	got := namesOf(files)
	switch {
	case t.err != nil || slices.Equal(got, want):
	case len(want) > 20:
		t.broken("listing of %s: got %d entries, want these %d, sorted: %q, ...", dir, len(got), len(want), want[:3])
	default:
		t.broken("listing of %s: got %q, want %q", dir, got, want)
	}
}

// listsOnly demands no names but these; all of them may be missing, and the
// directory too.
func (t *trial) listsOnly(ctx context.Context, dir string, allowed ...string) {
	files, err := t.list(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	t.must(err)
	for _, name := range namesOf(files) {
		if !slices.Contains(allowed, name) {
			t.broken("%q appeared in %s", name, dir)
		}
	}
}

func namesOf(files []providers.File) []string {
	var got []string
	for _, f := range files {
		got = append(got, f.Name())
	}
	return got
}

func (t *trial) isDir(ctx context.Context, name string) {
	f, err := t.stat(ctx, name)
	t.must(err)
	t.describes(f, name, providers.Dir, 0)
}

func (t *trial) gone(ctx context.Context, name string) {
	_, err := t.stat(ctx, name)
	t.refused("stat "+name, err, fs.ErrNotExist)
}

// works demands that the store is usable after something went wrong.
func (t *trial) works(ctx context.Context) {
	t.write(ctx, "afterwards/file", "still here")
	t.holds(ctx, "afterwards/file", Text("still here"))
	t.lists(ctx, "afterwards", "file")
}
