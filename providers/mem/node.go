package mem

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

var (
	errNotDir     = errors.New("is no directory")
	errNotRegular = errors.New("is no regular file")
	errNotEmpty   = errors.New("directory is not empty")
)

// node is one entry. Content is replaced, never changed, so that readers and
// clones may share it.
type node struct {
	kind    providers.Kind
	content []byte
	modTime time.Time
	entries map[string]*node // of a directory
}

func newDir() *node { return &node{kind: providers.Dir, entries: map[string]*node{}} }

func (n *node) clone() *node {
	c := *n
	c.entries = maps.Clone(n.entries)
	for name, entry := range c.entries {
		c.entries[name] = entry.clone()
	}
	return &c
}

func (n *node) file(p string) providers.File {
	f := providers.File{Path: p, Kind: n.kind, ModTime: n.modTime}
	if n.kind == providers.Regular {
		f.Size = int64(len(n.content))
	}
	return f
}

func (n *node) list(dir string) []providers.File {
	files := make([]providers.File, 0, len(n.entries))
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		// Not path.Join, which would hide a planted "..".
		files = append(files, n.entries[name].file(strings.TrimPrefix(dir+"/"+name, "./")))
	}
	return files
}

// walk finds p. What lies below a file or a link does not exist.
func (n *node) walk(p string) (*node, error) {
	if p == "." {
		return n, nil
	}
	for name := range strings.SplitSeq(p, "/") {
		if n = n.entries[name]; n == nil {
			return nil, fs.ErrNotExist
		}
	}
	return n, nil
}

// mkdirs finds the directory p, and makes it and its parents where missing.
func (n *node) mkdirs(p string, now time.Time) (*node, error) {
	if p == "." {
		return n, nil
	}
	for name := range strings.SplitSeq(p, "/") {
		next := n.entries[name]
		if next == nil {
			next = newDir()
			next.modTime = now
			n.entries[name] = next
		}
		if next.kind != providers.Dir {
			return nil, fmt.Errorf("%q %w", name, errNotDir)
		}
		n = next
	}
	return n, nil
}

func (n *node) rename(from, to string, now time.Time) error {
	moved, err := n.walk(from)
	if err != nil {
		return err
	}
	if _, err := n.walk(to); err == nil {
		return fs.ErrExist
	}
	if strings.HasPrefix(to, from+"/") {
		return fmt.Errorf("into itself: %w", fs.ErrInvalid)
	}
	dir, err := n.mkdirs(path.Dir(to), now)
	if err != nil {
		return err
	}
	parent, err := n.walk(path.Dir(from))
	if err != nil {
		return err
	}
	delete(parent.entries, path.Base(from))
	dir.entries[path.Base(to)] = moved
	return nil
}

func (n *node) remove(p string) error {
	gone, err := n.walk(p)
	if err != nil {
		return err
	}
	if len(gone.entries) > 0 {
		return errNotEmpty
	}
	parent, err := n.walk(path.Dir(p))
	if err != nil {
		return err
	}
	delete(parent.entries, path.Base(p))
	return nil
}
