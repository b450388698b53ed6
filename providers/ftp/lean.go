package ftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/upload"
)

// Lean is the same account for a caller that proves by listings of its own what was done.
// Its listings cost one round trip where the server lists folders by STAT, and have no
// times then. Its Put does not ask for the size of a small file that was sent in one go.
func (s *Store) Lean() providers.Lean { return lean{s} }

type lean struct{ *Store }

var _ providers.Lean = lean{}

// Lean is l itself.
func (l lean) Lean() providers.Lean { return l }

func (l lean) List(ctx context.Context, dir string) ([]providers.File, error) {
	return l.list(ctx, dir, l.tree.Status.List)
}

// askedFrom is the size of a file, in bytes, from which one more command is nothing beside
// the time of its transfer.
const askedFrom = 64 << 20

func (l lean) Put(ctx context.Context, name string, body providers.Body) error {
	_, err := l.uploads.Put(ctx, name, body, upload.Options{Unasked: body.Size() < askedFrom})
	return l.fail("put", name, err)
}

func (l lean) RemoveListed(ctx context.Context, f providers.File) error {
	return l.remove(ctx, f.Path, removal{known: f.Kind, lean: true})
}

func (l lean) RemoveEmptied(ctx context.Context, name string) error {
	return l.remove(ctx, name, removal{known: providers.Dir, emptied: true})
}

// Taken asks by MLST or CWD.
func (l lean) Taken(ctx context.Context, name string) (there bool, err error) {
	if err := l.checkEntry(name); err != nil {
		return false, l.fail("look at", name, err)
	}
	err = l.do(ctx, func(ss *command.Session) error {
		there, err = l.tree.Taken(ss, l.absolute(name))
		return err
	})
	return there, l.fail("look at", name, err)
}

// SizeOf asks by SIZE, and otherwise only where that is refused.
func (l lean) SizeOf(ctx context.Context, name string) (size int64, err error) {
	if err := l.checkEntry(name); err != nil {
		return 0, l.fail("stat", name, err)
	}
	err = l.do(ctx, func(ss *command.Session) error {
		size, err = l.tree.HeldBytes(ss, l.absolute(name))
		return err
	})
	return size, l.fail("stat", name, err)
}

func (l lean) RenameToFree(ctx context.Context, from, to string) error {
	return l.rename(ctx, from, to, true)
}
