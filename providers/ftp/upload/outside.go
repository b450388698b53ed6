package upload

import (
	"cmp"
	"context"
	"errors"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/payload"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// outside is a Put by a program. It sends the file from its beginning at each
// try; where it lost the connection after the last byte, the size decides.
func (u *upload) outside(ctx context.Context) error {
	for try := 1; ; try++ {
		if err := u.place.Do(ctx, inOneLine(u.path, u.clear)); err != nil {
			return err
		}
		err := u.place.Outside(ctx, u.run)
		switch {
		case err == nil:
			err = u.judge(ctx)
		case wire.IsLost(err) && u.moved > 0:
			u.place.Abandoned.Note(u.name)
			if u.sent && u.judge(ctx) == nil {
				return nil
			}
		}
		u.suspect = suspectsFull(err)
		if err == nil || try == retry.Tries || ctx.Err() != nil || !wire.Transient(err) {
			return err
		}
		if err := u.place.Retry.Pause(ctx, try); err != nil {
			return err
		}
	}
}

// clear prepares, and removes a file of that name: some servers do not
// replace one, and programs tell little about refusals.
func (u *upload) clear(ss *command.Session) error {
	if err := u.ruleOutFull(ss); err != nil {
		return err
	}
	u.place.Tree.Known.Forget(path.Dir(u.path))
	if err := u.prepare(ss); err != nil {
		return err
	}
	f, err := command.Entry(ss, u.path)
	switch {
	case wire.RefusesPath(err):
		return nil
	case err != nil:
		return err
	case f.Kind == providers.Dir:
		return ErrIsDir
	case f.Kind == providers.Regular:
		return ss.DeleteFile(u.path)
	}
	return nil
}

// judge is compare in a session of its own. A short file is not asked for
// twice: it has to be sent again.
func (u *upload) judge(ctx context.Context) error {
	var verdict error
	err := u.place.Do(ctx, func(ss *command.Session) error {
		verdict = u.compare(ss)
		if _, cut := errors.AsType[*retry.Short](verdict); cut {
			return nil
		}
		return verdict
	})
	return cmp.Or(err, verdict)
}

// run sends all of the body once.
func (u *upload) run(ctx context.Context) error {
	u.sent = false
	body, err := payload.Open(u.body, 0)
	if err != nil {
		return err
	}
	u.moved, err = u.place.Method.Send(ctx, u.place.Dialer, u.path, body)
	u.sent = u.moved == u.body.Size()
	return err
}

// inOneLine is f for sessions that read a path in one line, as programs send it.
func inOneLine(name string, f func(*command.Session) error) func(*command.Session) error {
	return func(ss *command.Session) error {
		whole, err := ss.ReadsUncut(name)
		if err == nil && !whole {
			err = command.TooLong(len(name), "")
		}
		if err != nil {
			return err
		}
		return f(ss)
	}
}
