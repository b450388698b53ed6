package sftp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// probeName is a file of one packet that tells a full disk from other trouble, with a
// number of its own: several uploads may probe at the same time.
const probeName = "vmxsync-probe~%08x"

// explainFull finds out whether a refused write was refused for lack of space. OpenSSH
// has one code for that and for everything else: failure.
func (u *upload) explainFull(ss *wire.Session, err error) error {
	if r, ok := errors.AsType[*wire.Refusal](err); !ok || r.Unwrap() != nil {
		return err
	}
	v, asked := ss.Space(path.Dir(u.path))
	if asked == nil && (freeBytes(v.Bavail, v.Frsize) < packet || v.Files > 0 && v.Favail == 0) {
		return fmt.Errorf("%w: %w (%d bytes free)", providers.ErrFull, err, freeBytes(v.Bavail, v.Frsize))
	}
	if asked != nil && !wire.Answered(asked) {
		return err
	}
	if u.probe(ss) {
		return fmt.Errorf("%w: the server also refused a file of %d bytes: %w", providers.ErrFull, packet, err)
	}
	return err
}

// probe reports whether the server makes a file and refuses its content: a quota has no
// other sign. The file lies in the topmost folder of the path, which for what is staged
// is our own.
func (u *upload) probe(ss *wire.Session) (full bool) {
	top, _, isBelow := strings.Cut(u.name, "/")
	if !isBelow {
		top = "."
	}
	name := path.Join(u.store.absolute(top), fmt.Sprintf(probeName, rand.Uint32()))
	f, err := ss.Open(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return false
	}
	err = ss.Ask("WRITE", name, func() error { _, err := f.Write(make([]byte, packet)); return err })
	if err == nil {
		err = flush(ss, f)
	}
	full = wire.Answered(err)
	if closed := ss.Ask("CLOSE", name, f.Close); closed != nil {
		full = full || err == nil && wire.Answered(closed)
	}
	_ = ss.Unlink(name)
	return full
}
