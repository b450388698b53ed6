package upload

import (
	"context"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/external"
	"github.com/vmxsync/vmxsync/providers/ftp/tree"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Place is the account that is uploaded to, and what its uploads have learned of it.
type Place struct {
	Tree     *tree.Tree
	Dialer   *wire.Dialer
	Method   *external.Method // nil: this package sends
	Retry    *retry.Policy
	Check    func(name string) error  // refuses what no file of the account can be called
	Absolute func(name string) string // the path at the server

	// Do runs f in a session, again on another one while that may help; Once runs it in
	// one session; Outside runs f without one, in the turn of one.
	Do, Once func(ctx context.Context, f func(*command.Session) error) error
	Outside  func(ctx context.Context, f func(context.Context) error) error

	Abandoned retry.Abandoned // the uploads whose session was lost

	noResume atomic.Bool // the server has refused to go on with a file
}

// Options are what the calls that upload differ in.
type Options struct {
	Part    bool // the server may hold a part
	Unasked bool // the size of a file that was sent in one go is not asked for
}

// Put stores body as name, a path below the root, over as many tries as bring it forward.
// It returns how much of body no transfer had to send.
func (p *Place) Put(ctx context.Context, name string, body providers.Body, o Options) (kept int64, err error) {
	if err := p.Check(name); err != nil {
		return 0, err
	}
	u := &upload{place: p, name: name, path: p.Absolute(name), body: body, part: o.Part, unasked: o.Unasked, resume: resume.New(body)}
	if p.Method != nil {
		return 0, u.outside(ctx)
	}
	defer u.forgetPayload()
	try := func() error { return p.Once(ctx, u.try) }
	if err := p.Retry.Persist(ctx, try, u.progressed); err != nil {
		return 0, err
	}
	return u.kept(), nil
}
