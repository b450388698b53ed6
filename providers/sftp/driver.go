package sftp

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/dircache"
	"github.com/vmxsync/vmxsync/providers/retry"
	sessions "github.com/vmxsync/vmxsync/providers/session"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// Driver makes stores on SFTP accounts. Opening one reads the secrets, the private key
// and the known_hosts file; the first session is opened by the first call.
var Driver = providers.Driver{
	Type: "sftp",
	New:  func() providers.Settings { return NewSettings() },
	Open: func(ctx context.Context, s providers.Settings, secrets providers.Secrets) (providers.Store, error) {
		settings, ok := s.(*Settings)
		if !ok {
			return nil, fmt.Errorf("sftp: settings are %T", s)
		}
		return Open(ctx, settings, secrets)
	},
}

// Store is the content of one account below its root.
type Store struct {
	settings *Settings
	dialer   *wire.Dialer
	pool     *sessions.Pool[*wire.Session]
	pace     *providers.Pace // of what is sent
	received *providers.Pace // of what is read
	tell     func(notice string)

	retry     retry.Policy
	folders   dircache.Known  // below the root, proven to be folders and no links
	abandoned retry.Abandoned // uploads
	longest   atomic.Int32    // name that the file system of the root takes, in bytes; 0: not known
}

// Open returns the store of an account; see Driver.
func Open(ctx context.Context, s *Settings, secrets providers.Secrets) (*Store, error) {
	copied := *s
	d, err := wire.NewDialer(ctx, &copied, secrets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Address(), err)
	}
	tell := providers.NoticesOf(ctx)
	sent, received := s.Paces()
	return &Store{
		settings: &copied,
		dialer:   d,
		pool:     sessions.New(sessions.Options[*wire.Session]{Sessions: max(s.Connections, 1), Dial: d.Dial, Crowded: wire.IsCrowded, Tell: tell}),
		pace:     sent,
		received: received,
		tell:     tell,
		retry:    retry.Policy{Transient: retry.Transient, Pause: retry.Pause},
	}, nil
}

const (
	nameBytes = 255  // what common file systems hold
	pathMax   = 4095 // PATH_MAX of Linux, without its end
)

// Traits are facts of the protocol, and of the file system of the root once there was a
// session.
func (s *Store) Traits() providers.Traits {
	t := providers.Traits{
		Sessions:      s.pool.Sessions(),
		TimeStep:      time.Second,
		Limits:        providers.Limits{NameBytes: nameBytes, PathBytes: pathMax - len(s.settings.Root) - 1},
		MovesUnproven: true, // behind some servers there is an object store, or a mount below the root
	}
	if n := int(s.longest.Load()); n > 0 {
		t.NameBytes = min(n, nameBytes)
	}
	return t
}

// Close ends all sessions within two seconds. Calls that run fail.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// OpenSessions opens sessions for calls to come.
func (s *Store) OpenSessions(ctx context.Context, n int) { s.pool.Open(ctx, n) }

// do runs f in a session, again in another one while its error is transient. f must be
// idempotent, or look first what an earlier try has done.
func (s *Store) do(ctx context.Context, f func(tree) error) error {
	return s.retry.Do(ctx, func() error { return s.once(ctx, f) })
}

// once runs f in one session.
func (s *Store) once(ctx context.Context, f func(tree) error) error {
	return s.pool.Do(ctx, func(ss *wire.Session) error { return s.call(ss, f) })
}

// lend is do for a reader, which ends the loan.
func (s *Store) lend(ctx context.Context, f func(tree) error) (loan *sessions.Loan[*wire.Session], err error) {
	err = s.retry.Do(ctx, func() (err error) {
		loan, err = s.pool.Lend(ctx, func(ss *wire.Session) error { return s.call(ss, f) })
		return err
	})
	return loan, err
}

// call runs f, and watches the session meanwhile: after it the server owes nothing. It
// counts for nothing if all that it found out is that the server had closed the session
// while it was idle.
func (s *Store) call(ss *wire.Session, f func(tree) error) error {
	ss.Begin()
	defer ss.End()
	err := s.measure(ss)
	if err == nil {
		err = f(tree{ss, s.settings.Root, &s.folders})
	}
	if ss.Stale(err) {
		return sessions.Again(err)
	}
	return err
}

// measure asks the first session for the longest name.
func (s *Store) measure(ss *wire.Session) error {
	if s.longest.Load() != 0 || !ss.Has(wire.StatVFS) {
		return nil
	}
	s.longest.Store(-1)
	v, err := ss.Space(s.settings.Root)
	if err == nil && v.Namemax > 0 && v.Namemax <= nameBytes {
		s.longest.Store(int32(v.Namemax))
	}
	return wire.UnlessAnswered(err)
}

// check is providers.CheckPath with the limits of the place.
func (s *Store) check(name string) error { return s.Traits().Limits.CheckPath(name) }

// checkEntry is check for what the root cannot stand for.
func (s *Store) checkEntry(name string) error {
	if name == "." {
		return fmt.Errorf("%w: the root itself", providers.ErrName)
	}
	return s.check(name)
}

func (s *Store) absolute(name string) string { return s.settings.Absolute(name) }

// fail adds where and what to the error of a call.
func (s *Store) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %s %s: %w", s.settings.Address(), op, providers.Escape(s.absolute(name)), err)
	if hint := hint(s.settings, err); providers.Hint(err) == "" && hint != "" {
		return providers.WithHint(err, hint)
	}
	return err
}

// Lost is when an upload to a path below dir was given up.
func (s *Store) Lost(dir string) time.Time { return s.abandoned.Below(dir) }

// GracePeriod is timeouts.io: what is still under way of a lost session is written
// within that.
func (s *Store) GracePeriod() time.Duration { return s.settings.Waits().IO }

// FreeBytes is what the account may still write (statvfs@openssh.com). A quota is not in
// it, unless the file system says so.
func (s *Store) FreeBytes(ctx context.Context) (int64, error) {
	var free int64
	err := s.do(ctx, func(t tree) error {
		if !t.Has(wire.StatVFS) {
			return errors.ErrUnsupported
		}
		v, err := t.Space(t.root)
		if wire.Answered(err) {
			return errors.ErrUnsupported
		}
		if err == nil {
			free = freeBytes(v.Bavail, v.Frsize)
		}
		return err
	})
	return free, s.fail("query the free space of", ".", err)
}

// freeBytes does not overflow.
func freeBytes(blocks, size uint64) int64 {
	const most = 1<<63 - 1
	if size > 0 && blocks > most/size {
		return most
	}
	return int64(blocks * size)
}

// below joins without cleaning: the name may be hostile, and stays what it is.
func below(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// parents are the folders of a path from the top down, the root excluded, the path
// itself included.
func parents(name string) []string {
	var all []string
	for i := range len(name) {
		if name[i] == '/' {
			all = append(all, name[:i])
		}
	}
	if name != "." {
		all = append(all, name)
	}
	return all
}

var (
	_ providers.Store         = (*Store)(nil)
	_ providers.LateWriter    = (*Store)(nil)
	_ providers.SessionOpener = (*Store)(nil)
	_ providers.SpaceReporter = (*Store)(nil)
)
