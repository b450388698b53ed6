package readmark

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/grace"
	"github.com/vmxsync/vmxsync/state"
)

// Place is a place that a restore reads from.
type Place struct {
	Name  string // in errors
	Store providers.Store
	Work  state.WorkDir
	Sets  []state.Key // that are read there
}

// Options are what the marks of a restore say, and to whom failures are reported.
type Options struct {
	Run, Host string
	// Failed is called, before Leave returns, for each place where no mark can be left.
	Failed func(place string, err error)
}

const (
	renewEvery = state.ReadLease / 5 // a session may be free for it only minutes later
	greeting   = 30 * time.Second    // bounds what is done before the restore begins
)

// Leave leaves a mark at each place, and renews it until end is called, which removes it,
// also after an interrupt.
func Leave(ctx context.Context, places []Place, o Options) (end func()) {
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	var left []*mark
	var running sync.WaitGroup
	beginning, cancel := context.WithTimeout(ctx, greeting)
	defer cancel()
	for _, p := range places {
		m := &mark{p, o}
		switch err := m.leave(beginning); {
		case errors.Is(err, errUnused) || ctx.Err() != nil:
		case err != nil:
			o.Failed(p.Name, err)
		default:
			left = append(left, m)
			running.Go(func() { m.renew(renewing) })
		}
	}
	return func() {
		stop()
		running.Wait()
		ctx, cancel := grace.Detached(ctx)
		defer cancel()
		for _, m := range left {
			m.remove(ctx)
		}
	}
}

// mark is that of a restore at one place.
type mark struct {
	Place
	Options
}

// errUnused: nobody has ever applied there, and a mark would only leave folders behind.
var errUnused = errors.New("no work folder")

// leave writes the mark where somebody else may look for it. Another restore may remove the
// folder, because it was the last there, just when this one has made it.
func (m *mark) leave(ctx context.Context) error {
	_, err := m.Store.Stat(ctx, string(m.Work))
	if errors.Is(err, fs.ErrNotExist) {
		return errUnused
	}
	if err != nil {
		return err
	}
	_, err = remote.Twice(ctx, func() (struct{}, error) { return struct{}{}, m.write(ctx) })
	return err
}

func (m *mark) write(ctx context.Context) error {
	lease := m.lease()
	text := state.ReadMark{Run: m.Run, Host: m.Host, Sets: slices.Clone(m.Sets), Lease: lease, Until: time.Now().Add(lease)}.Encode()
	return m.Store.Put(ctx, m.Work.ReadMark(m.Run), remote.Bytes(text))
}

// lease is longer where there is one session: while a file is fetched the mark cannot be
// written.
func (m *mark) lease() time.Duration {
	if m.Store.Traits().Sessions == 1 {
		return state.MaxReadLease
	}
	return state.ReadLease
}

// renew writes the mark again, until ctx ends. What fails is tried again: the lease is
// longer than that.
func (m *mark) renew(ctx context.Context) {
	for providers.Sleep(ctx, renewEvery) == nil {
		_ = m.write(ctx)
	}
}

// remove removes the mark, and the folder of marks if it was the last. One that stays ends by
// itself.
func (m *mark) remove(ctx context.Context) {
	if m.Store.Remove(ctx, m.Work.ReadMark(m.Run)) == nil {
		_ = m.Store.Remove(ctx, m.Work.Reading()) // fails if others have theirs in it
	}
}
