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
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/charset"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/external"
	"github.com/vmxsync/vmxsync/providers/ftp/tree"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/retry"
	sessions "github.com/vmxsync/vmxsync/providers/session"
)

// Driver makes stores on FTP accounts. Opening one reads the password and the
// CA file, and finds the program of the transfer method; the first session is
// opened by the first call.
var Driver = providers.Driver{
	Type: "ftp",
	New:  func() providers.Settings { return account.NewSettings() },
	Open: func(ctx context.Context, s providers.Settings, secrets providers.Secrets) (providers.Store, error) {
		settings, ok := s.(*account.Settings)
		if !ok {
			return nil, fmt.Errorf("ftp: settings are %T", s)
		}
		return Open(ctx, settings, secrets)
	},
}

// Store is the content of one account below its root.
type Store struct {
	Dialer *wire.Dialer
	server command.Server
	tree   *tree.Tree
	pool   *sessions.Pool[*command.Session]
	root   string
	method *external.Method // nil: this package sends

	retry     retry.Policy
	now       func() time.Time
	abandoned retry.Abandoned

	noResume atomic.Bool // the server has refused to go on with a file
	noSums   atomic.Bool // the last session offered none
	mlsd     atomic.Bool // the last session offered it
	asked    atomic.Bool // there was a session
}

// Open returns the store of an account; see Driver.
func Open(ctx context.Context, s *account.Settings, secrets providers.Secrets) (*Store, error) {
	password, err := passwordOf(ctx, s, secrets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Address(), err)
	}
	copied := *s
	d, err := wire.NewDialer(&copied, password)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Address(), err)
	}
	m, err := external.Find(s, password)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Address(), err)
	}
	if d.Proxy, err = proxy.Open(ctx, s.Proxy, s.ProxyPassword, secrets); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Address(), err)
	}
	if d.Charset, err = openCharset(s, password); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Address(), err)
	}
	store := &Store{
		Dialer: d,
		root:   s.RootDir(),
		method: m,
		retry:  retry.Policy{Transient: wire.Transient, Pause: retry.Pause},
		now:    time.Now,
		tree:   tree.New(s.RootDir()),
	}
	d.Trace, d.Tell, d.Fits = providers.TraceOf(ctx), providers.NoticesOf(ctx), store.server.Lines.Fits
	store.pool = sessions.New(sessions.Options[*command.Session]{
		Sessions: max(s.Connections, 1), Dial: store.dial, Crowded: wire.IsCrowded, Tell: d.Tell,
	})
	return store, nil
}

func (s *Store) dial(ctx context.Context) (*command.Session, error) {
	dialled, err := s.Dialer.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return &command.Session{Session: dialled, Server: &s.server}, nil
}

func passwordOf(ctx context.Context, s *account.Settings, secrets providers.Secrets) (string, error) {
	switch {
	case !s.Password.IsZero():
		return secrets.Resolve(ctx, s.Password)
	case s.User() == account.Anonymous:
		return "vmxsync@", nil // a mail address by custom, and no secret
	}
	return "", nil
}

// openCharset also looks at the password, which Check does not know.
func openCharset(s *account.Settings, password string) (*charset.Charset, error) {
	c, ok := charset.New(s.Encoding)
	if !ok {
		return nil, fmt.Errorf("unknown encoding %q", s.Encoding)
	}
	if _, err := c.Encode(password); err != nil {
		return nil, fmt.Errorf("the password from %s cannot be encoded in %s (`encoding`)", s.Password, s.Encoding)
	}
	return c, nil
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
		t.LinksHidden = !s.tree.ShowsLinks() // Twisted lists a link as what it points to
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
	err = fmt.Errorf("%s: %s %s: %w", s.Dialer.Settings.Address(), op, providers.Escape(s.absolute(name)), err)
	if providers.Hint(err) != "" {
		return err
	}
	if hint := cmp.Or(s.longPathHint(name, err), hint(s.Dialer, err)); hint != "" {
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

// longestPath is in bytes, with the root. A program sends a path in one line.
func (s *Store) longestPath() int {
	if s.method == nil && s.server.Lines.Walks() {
		return providers.MaxPath
	}
	return min(external.LongestPath(s.Dialer.Settings), s.server.Lines.Longest())
}
