package ftp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/dircache"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/retry"
	sessions "github.com/vmxsync/vmxsync/providers/session"
)

// Driver makes stores on FTP accounts. Opening one reads the password and the
// CA file, and finds the program of the transfer method; the first session is
// opened by the first call.
var Driver = providers.Driver{
	Type: "ftp",
	New:  func() providers.Settings { return NewSettings() },
	Open: func(ctx context.Context, s providers.Settings, secrets providers.Secrets) (providers.Store, error) {
		settings, ok := s.(*Settings)
		if !ok {
			return nil, fmt.Errorf("ftp: settings are %T", s)
		}
		return Open(ctx, settings, secrets)
	},
}

// Store is the content of one account below its root.
type Store struct {
	dialer *dialer
	pool   *sessions.Pool[*session]
	root   string
	method *method // nil: this package sends

	retry     retry.Policy
	now       func() time.Time
	known     dircache.Known
	abandoned retry.Abandoned

	hidden     atomic.Int32 // what is shown of names with a dot
	tellsLinks atomic.Bool  // a listing has shown a link
	noResume   atomic.Bool  // the server has refused to go on with a file
	noSums     atomic.Bool  // the last session offered none
	mlsd       atomic.Bool  // the last session offered it
	asked      atomic.Bool  // there was a session
}

// Open returns the store of an account; see Driver.
func Open(ctx context.Context, s *Settings, secrets providers.Secrets) (*Store, error) {
	password, err := passwordOf(ctx, s, secrets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.address(), err)
	}
	config, err := s.tlsConfig()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.address(), err)
	}
	m, err := s.findMethod(password)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.address(), err)
	}
	through, err := proxy.Open(ctx, s.Proxy, s.ProxyPassword, secrets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.address(), err)
	}
	charset, err := openCharset(s, password)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.address(), err)
	}
	copied := *s
	d := newDialer(&copied, config, password, providers.TraceOf(ctx))
	d.tell = providers.NoticesOf(ctx)
	d.proxy, d.charset = through, charset
	return &Store{
		dialer: d,
		pool: sessions.New(sessions.Options[*session]{
			Sessions: max(s.Connections, 1), Dial: d.dial, Crowded: isCrowded, Tell: d.tell,
		}),
		root:   s.root(),
		method: m,
		retry:  retry.Policy{Transient: transient, Pause: retry.Pause},
		now:    time.Now,
	}, nil
}

func passwordOf(ctx context.Context, s *Settings, secrets providers.Secrets) (string, error) {
	switch {
	case !s.Password.IsZero():
		return secrets.Resolve(ctx, s.Password)
	case s.user() == anonymous:
		return "vmxsync@", nil // a mail address by custom, and no secret
	}
	return "", nil
}

// Traits are facts of the protocol, and of the server once there was a
// session. Without MLSD, old entries are listed with their day alone.
func (s *Store) Traits() providers.Traits {
	t := providers.Traits{
		Sessions:      s.pool.Sessions(),
		MovesUnproven: true,
		TimeStep:      time.Second,
		Limits:        providers.Limits{NameBytes: 255, PathBytes: s.pathBytes()},
	}
	if s.asked.Load() && !s.mlsd.Load() {
		t.TimeStep = 24 * time.Hour
		t.LinksHidden = !s.tellsLinks.Load() // Twisted lists a link as what it points to
	}
	return t
}

// pathBytes is the longest path below the root.
func (s *Store) pathBytes() int { return s.longestPath() - len(s.root) - 1 }

// Close ends all sessions within two seconds. Calls that run fail.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// absolute is what is sent for a path of the store.
func (s *Store) absolute(name string) string { return path.Join(s.root, name) }

// fail adds where and what to the error of a call.
func (s *Store) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %s %s: %w", s.dialer.settings.address(), op, providers.Escape(s.absolute(name)), err)
	if providers.Hint(err) != "" {
		return err
	}
	if hint := cmp.Or(s.longPathHint(name, err), s.dialer.hint(err)); hint != "" {
		return providers.WithHint(err, hint)
	}
	return err
}

// longPathHint is the way out where a server may have ended the session because of the
// length of a path, or "": ProFTPD 1.3.8 does when it lists a folder of 2,100 bytes,
// which it entered step by step.
func (s *Store) longPathHint(name string, err error) string {
	const long = 1000 // bytes; every server that was tried works with as many
	n := len(s.absolute(name))
	if _, isLost := errors.AsType[*retry.Lost](err); !isLost || n <= long {
		return ""
	}
	return fmt.Sprintf("This path has %d bytes, and the server may not be able to work with as many: give the folder of the VM or its sub-folders shorter names, or set a shorter `root` or `layout`.", n)
}
