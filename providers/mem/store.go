package mem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Store is a providers.Store in memory.
type Store struct {
	now    func() time.Time
	traits providers.Traits
	turns  chan struct{} // one token per call under way

	mu     sync.Mutex
	root   *node
	digest string // of root; "" where that has changed since
	closed bool
}

// Option changes a new store.
type Option func(*Store)

// Sessions sets how many calls run at once, at least 1; the default is 8.
func Sessions(n int) Option { return func(s *Store) { s.traits.Sessions = n } }

// TimeStep makes the store forget what is finer than step in its times.
func TimeStep(step time.Duration) Option { return func(s *Store) { s.traits.TimeStep = step } }

// HideLinks makes the store one of which nobody knows whether it would show a
// link as one.
func HideLinks() Option { return func(s *Store) { s.traits.LinksHidden = true } }

// New makes an empty store whose files carry the times of now; nil means
// time.Now.
func New(now func() time.Time, options ...Option) *Store {
	if now == nil {
		now = time.Now
	}
	s := &Store{now: now, root: newDir(), traits: providers.Traits{Sessions: 8, Limits: providers.Limits{NameBytes: 255}}}
	for _, o := range options {
		o(s)
	}
	s.turns = make(chan struct{}, s.traits.Sessions)
	return s
}

// Clone is an independent copy of the store as it is at this instant, open and
// with no call under way. It waits for no session.
func (s *Store) Clone() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Store{
		now: s.now, traits: s.traits, root: s.root.clone(), digest: s.digest,
		turns: make(chan struct{}, s.traits.Sessions),
	}
}

// Traits are those of a perfect disk, as far as no option changed them.
func (s *Store) Traits() providers.Traits { return s.traits }

// Close makes all later calls fail with fs.ErrClosed.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// List returns the entries of dir.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	var files []providers.File
	err := s.call(ctx, "list", dir, func() error {
		n, err := s.root.walk(dir)
		if err != nil {
			return err
		}
		if n.kind != providers.Dir {
			return errNotDir
		}
		files = n.list(dir)
		return nil
	})
	return files, err
}

// Stat returns what is known about p.
func (s *Store) Stat(ctx context.Context, p string) (providers.File, error) {
	var f providers.File
	err := s.call(ctx, "stat", p, func() error {
		n, err := s.root.walk(p)
		if err == nil {
			f = n.file(p)
		}
		return err
	})
	return f, err
}

// Open reads the content that p has now; a later Put does not change it.
func (s *Store) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if err := s.begin(ctx, p); err != nil {
		return nil, fmt.Errorf("open %s: %w", p, err)
	}
	content, err := s.content(p)
	if err == nil && (offset < 0 || offset > int64(len(content))) {
		err = fmt.Errorf("offset %d of %d bytes", offset, len(content))
	}
	if err != nil {
		s.end()
		return nil, fmt.Errorf("open %s: %w", p, err)
	}
	return &reader{ctx: ctx, from: bytes.NewReader(content[offset:]), end: sync.OnceFunc(s.end)}, nil
}

func (s *Store) content(p string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.root.walk(p)
	if err != nil {
		return nil, err
	}
	if n.kind != providers.Regular {
		return nil, errNotRegular
	}
	return n.content, nil
}

// Put reads body with no lock held; p is there and empty meanwhile.
func (s *Store) Put(ctx context.Context, p string, body providers.Body) error {
	if err := s.begin(ctx, p); err != nil {
		return fmt.Errorf("put %s: %w", p, err)
	}
	defer s.end()
	if err := s.take(ctx, p, body); err != nil {
		return fmt.Errorf("put %s: %w", p, err)
	}
	return nil
}

func (s *Store) take(ctx context.Context, p string, body providers.Body) error {
	if err := s.write(p, nil); err != nil {
		return err
	}
	content, err := readBody(ctx, body, nil)
	return errors.Join(err, s.write(p, content))
}

// Resume keeps what p holds if body begins with all of it.
func (s *Store) Resume(ctx context.Context, p string, body providers.Body) (int64, error) {
	if err := s.begin(ctx, p); err != nil {
		return 0, fmt.Errorf("resume %s: %w", p, err)
	}
	defer s.end()
	part, err := s.part(ctx, p, body)
	if err == nil && part == nil {
		err = s.take(ctx, p, body)
	} else if err == nil {
		err = s.goOn(ctx, p, body, part)
	}
	if err != nil {
		return 0, fmt.Errorf("resume %s: %w", p, err)
	}
	return int64(len(part)), nil
}

// part is what p holds if body begins with it, else nil.
func (s *Store) part(ctx context.Context, p string, body providers.Body) ([]byte, error) {
	part, err := s.content(p)
	if err != nil || int64(len(part)) > body.Size() {
		return nil, nil
	}
	begins, err := providers.Begins(ctx, body, bytes.NewReader(part))
	if err != nil || !begins {
		return nil, err
	}
	return part, nil
}

func (s *Store) goOn(ctx context.Context, p string, body providers.Body, part []byte) error {
	content, err := readBody(ctx, body, part)
	return errors.Join(err, s.write(p, content))
}

func (s *Store) write(p string, content []byte) error {
	if err := inside(p); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digest = ""
	dir, err := s.root.mkdirs(path.Dir(p), s.time())
	if err != nil {
		return err
	}
	if old := dir.entries[path.Base(p)]; old != nil && old.kind != providers.Regular {
		return errNotRegular
	}
	dir.entries[path.Base(p)] = &node{kind: providers.Regular, content: content, modTime: s.time()}
	return nil
}

// Rename moves from to to.
func (s *Store) Rename(ctx context.Context, from, to string) error {
	if err := inside(to); err != nil {
		return fmt.Errorf("rename %s to %s: %w", from, to, err)
	}
	return s.call(ctx, "rename to "+to+" of", from, func() error {
		if err := inside(from); err != nil {
			return err
		}
		s.digest = ""
		return s.root.rename(from, to, s.time())
	})
}

// Remove deletes p.
func (s *Store) Remove(ctx context.Context, p string) error {
	return s.call(ctx, "remove", p, func() error {
		if err := inside(p); err != nil {
			return err
		}
		s.digest = ""
		return s.root.remove(p)
	})
}

// Plant puts an entry where no Put could: of any kind, name and time, as a
// server may show it. It replaces what is there and makes missing parents. A
// zero Kind means Regular, a zero ModTime now; Size is that of content.
func (s *Store) Plant(f providers.File, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digest = ""
	n := &node{kind: f.Kind, content: bytes.Clone(content), modTime: f.ModTime}
	if n.kind == "" {
		n.kind = providers.Regular
	}
	if n.kind == providers.Dir {
		n.entries = map[string]*node{}
	}
	if n.modTime.IsZero() {
		n.modTime = s.time()
	}
	// Not path.Dir, which would clean a planted ".." away.
	parent, name := path.Split("./" + f.Path)
	dir, err := s.root.mkdirs(path.Clean(parent), s.time())
	if err != nil {
		panic(fmt.Sprintf("mem: plant %q: %v", f.Path, err))
	}
	dir.entries[name] = n
}

func (s *Store) time() time.Time { return s.now().UTC().Truncate(s.traits.TimeStep) }
