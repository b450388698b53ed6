package restore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
	"github.com/vmxsync/vmxsync/state/read"
)

// copied is a set at one place, as it is now.
type copied struct {
	restore.Origin
	store    providers.Store
	text     []byte // of its manifest
	manifest *state.Manifest
	sums     *blocks.Sums // nil: none, or not usable
}

// copies opens the set at the places of the plan. One that is not as the plan saw it is not
// asked; the error is that of the first where none is left.
func (r *run) copies(ctx context.Context, s restore.Set) ([]copied, error) {
	var all []copied
	var errs []error
	for _, o := range s.Origins {
		c, err := r.copied(ctx, s, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", o.Place, err))
			continue
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, errors.Join(errs...)
	}
	for _, err := range errs {
		r.remark(s, "%v. It is not asked.", err)
	}
	return all, nil
}

func (r *run) copied(ctx context.Context, s restore.Set, o restore.Origin) (copied, error) {
	c := copied{Origin: o, store: r.Stores[o.Place]}
	if c.store == nil {
		return c, fmt.Errorf("the place %w", providers.ErrUnreachable)
	}
	var err error
	if c.text, err = read.ManifestText(ctx, c.store, o.Path); err != nil {
		return c, err
	}
	if c.manifest, err = state.ParseManifest(c.text); err != nil {
		return c, err
	}
	if c.manifest.Key != s.Key || c.manifest.Identity() != o.Manifest {
		return c, providers.WithHint(errors.New("the set was changed since the plan was made"), "Make a new plan.")
	}
	if c.sums, err = read.Blocks(ctx, c.store, c.Path, c.manifest); err != nil {
		r.remark(s, "The block sums at %s cannot be used (%v): files are proven whole.", o.Place, err)
	}
	return c, ctx.Err()
}

// of are the block sums of a file; nil where it has none of this size.
func (c copied) of(f restore.File) *blocks.File {
	if c.sums == nil {
		return nil
	}
	b, there := c.sums.Of(f.Path)
	if !there || b.Size != f.Size || b.Block > maxBlock {
		return nil
	}
	return &b
}

// maxBlock is the size of the largest block whose sums are used, in bytes.
const maxBlock = 1 << 30

// holds reports whether the set at the place has a file with that size and sum.
func (c copied) holds(f restore.File) bool {
	for _, m := range c.manifest.Files {
		if m.Path == f.Path {
			return m.Size == f.Size && m.SHA256 == f.SHA256
		}
	}
	return false
}

func (r *run) remark(s restore.Set, format string, args ...any) {
	r.tell(event.Remark{Address: s.Address(), Text: providers.Escape(fmt.Sprintf(format, args...)), Warn: true})
}

// ranges are byte ranges for people: "67108864-134217727".
func ranges(bad []span) string {
	var all []string
	for _, s := range bad {
		all = append(all, fmt.Sprintf("%d-%d", s.from, s.to-1))
	}
	return strings.Join(all, ", ")
}
