package ftp

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/charset"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/external"
	"github.com/vmxsync/vmxsync/providers/ftp/tree"
	"github.com/vmxsync/vmxsync/providers/ftp/upload"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/proxy"
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
	server := new(command.Server)
	d.Trace, d.Tell, d.Fits = providers.TraceOf(ctx), providers.NoticesOf(ctx), server.Lines.Fits
	paths := paths{root: s.RootDir(), settings: &copied, charset: d.Charset, lines: &server.Lines, external: m != nil}
	calls, tree := newCalls(d, server), tree.New(s.RootDir())
	uploads := &upload.Place{
		Tree: tree, Dialer: d, Method: m, Retry: &calls.retry, Check: paths.checkEntry, Absolute: paths.absolute,
		Do: calls.do, Once: calls.once, Outside: calls.pool.Outside,
	}
	return &Store{paths: paths, calls: calls, tree: tree, uploads: uploads}, nil
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
