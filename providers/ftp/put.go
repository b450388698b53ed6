package ftp

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// Put stores in binary mode, from the beginning at each try, and asks for the
// SIZE afterwards: what the server holds differs from body only if it lies
// about that too. Where the reply to a whole upload was lost, the SIZE decides
// whether it has to be sent again.
func (s *Store) Put(ctx context.Context, name string, body providers.Body) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("put", name, err)
	}
	u := upload{store: s, name: name, path: s.absolute(name), body: body}
	return s.fail("put", name, s.do(ctx, u.try))
}

// check is providers.CheckPath, and counts the root as well: a longer line
// brings servers out of step, or silences them.
func (s *Store) check(name string) error {
	if err := providers.CheckPath(name); err != nil {
		return err
	}
	if longest := s.Traits().PathBytes; len(name) > longest {
		return fmt.Errorf("path of %d bytes, at most %d fit below the root: %w", len(name), longest, providers.ErrName)
	}
	return nil
}

// checkEntry is check for what the root cannot stand for.
func (s *Store) checkEntry(name string) error {
	if name == "." {
		return fmt.Errorf("%w: the root itself", providers.ErrName)
	}
	return s.check(name)
}

// upload is one Put over all its tries.
type upload struct {
	store *Store
	name  string
	path  string
	body  providers.Body
	sent  bool // an earlier try sent all bytes
}

func (u *upload) try(ss *session) error {
	if u.sent {
		if err := u.compare(ss); err == nil || isLost(err) {
			return err
		}
		u.sent = false
	}
	if err := u.prepare(ss); err != nil {
		return err
	}
	err := u.send(ss)
	if refusesPath(err) {
		err = u.sendAnew(ss, err)
	}
	if err != nil {
		return err
	}
	return u.compare(ss)
}

func (u *upload) prepare(ss *session) error {
	hidden, err := u.store.wouldHide(ss, u.name)
	if err != nil {
		return err
	}
	if hidden {
		return fmt.Errorf("server does not list names that begin with a dot: %w", providers.ErrName)
	}
	return u.store.makeDir(ss, path.Dir(u.path))
}

// sendAnew is the second attempt where the server refused the path: a known
// directory may be gone, and some servers do not replace a file.
func (u *upload) sendAnew(ss *session, refusal error) error {
	u.store.known.forget(path.Dir(u.path))
	if err := u.prepare(ss); err != nil {
		return err
	}
	f, err := ss.ask(u.path)
	switch {
	case err != nil && !refusesPath(err):
		return err
	case err != nil:
		return u.send(ss)
	case f.Kind == providers.Dir:
		return errIsDir
	case f.Kind != providers.Regular:
		return refusal
	}
	if err := ss.lenient(ss.library.Delete(u.path)); err != nil {
		return errors.Join(refusal, err)
	}
	return u.send(ss)
}

func (u *upload) send(ss *session) error {
	p, err := newPayload(u.body)
	if err != nil {
		return &unreadable{err}
	}
	err = ss.library.Stor(u.path, p)
	if !p.owned {
		p.body.Close()
	}
	d := ss.data
	u.sent = d != nil && d.upload && d.sent == u.body.Size()
	err = ss.transferred(err)
	if err == nil && !u.sent {
		return ss.strange("the file was stored before it was sent")
	}
	return err
}

// compare asks for the size. Without SIZE there is nothing to compare with.
func (u *upload) compare(ss *session) error {
	held, err := ss.size(u.path)
	switch {
	case unknownCommand(err):
		return nil
	case err != nil:
		return err
	case held != u.body.Size():
		return &short{held: held, size: u.body.Size()}
	}
	return nil
}
