package sftp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/pkg/sftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// findStart finds out where the transfer begins: behind what the server holds, if that
// is proven to be how the body begins, else at 0.
func (u *upload) findStart(ss *wire.Session) error {
	u.from = 0
	if !u.part || !u.store.settings.Moving().Resume.Or(true) {
		return nil
	}
	f, err := ss.Lstat(u.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case f.Kind != providers.Regular || f.Size == 0 || f.Size > u.body.Size():
		return nil // a longer file is emptied when it is opened
	}
	part, err := u.openPart(ss)
	if err != nil {
		return wire.UnlessAnswered(err) // what cannot be read cannot be proven
	}
	defer part.close()
	held, err := u.withoutHoles(ss, part, f.Size)
	if err == nil && held > 0 {
		u.from, err = u.resume.Start(part, held, false)
	}
	switch {
	case wire.Answered(err):
		u.from = 0
		return nil
	case err != nil:
		return u.unproven(err)
	case u.from > 0:
		u.store.tell(fmt.Sprintf("resuming at %d of %d bytes: %s", u.from, u.body.Size(), providers.Escape(u.name)))
	}
	return nil
}

// unproven gives up a part of which nothing could be compared twice.
func (u *upload) unproven(err error) error {
	if u.resume.Unproven(err) {
		u.startAnew()
	}
	return err
}

func (u *upload) startAnew() {
	u.part, u.from = false, 0
	u.resume.Restart()
}

// withoutHoles is how much of the part is usable. Ranges are written by requests that
// overlap: a server that carries them out in an order of its own, and is cut, holds the
// last of them and not all before. The end of the part, as long as what can have been
// unanswered, is compared byte by byte, and what does not hold is cut off.
func (u *upload) withoutHoles(ss *wire.Session, part *part, held int64) (int64, error) {
	from := max(0, held-2*unanswered)
	ours, err := providers.OpenSample(u.body, from)
	if err != nil {
		return 0, &retry.Unreadable{Err: err}
	}
	defer ours.Close()
	same, err := part.alike(from, held-from, ours)
	whole := from + same
	if err != nil || whole == held {
		return whole, err
	}
	if same < packet {
		return 0, nil // it is another file, or its end is none of a part that was cut
	}
	return whole, ss.Truncate(u.path, whole)
}

// proveSeam proves a file of which the last transfer sent only the rest. Where the begin
// does not hold any more, it is sent again from 0.
func (u *upload) proveSeam(ss *wire.Session) error {
	if u.from == 0 {
		return nil
	}
	part, err := u.openPart(ss)
	if err != nil {
		return err
	}
	defer part.close()
	err = u.resume.ProveSeam(part, false)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, resume.ErrPrefixLost):
		u.startAnew()
		return &retry.Lost{Err: err} // it is tried again, from 0
	case wire.Answered(err):
		return err
	}
	return u.unproven(err)
}

// part is what the server holds of the file: a resume.Remote.
type part struct {
	session *wire.Session
	file    *sftp.File
}

func (u *upload) openPart(ss *wire.Session) (*part, error) {
	f, err := ss.Open(u.path, os.O_RDONLY)
	return &part{ss, f}, err
}

func (p *part) close() { _ = p.session.Ask("CLOSE", p.file.Name(), p.file.Close) }

// ReadRange reads n bytes from offset on.
func (p *part) ReadRange(offset int64, n int) ([]byte, error) {
	b := make([]byte, n)
	read, err := p.file.ReadAt(b, offset)
	if err == io.EOF && read == n {
		err = nil
	}
	if err == io.EOF {
		err = &retry.Lost{Err: fmt.Errorf("the file ended at byte %d while it was read", offset+int64(read))}
	}
	return b[:read], p.session.Fault(err)
}

// EndsWith reports whether the file is exactly ours from offset on.
func (p *part) EndsWith(offset int64, ours io.Reader) (bool, error) {
	same, err := resume.Equal(ours, &rangeReader{part: p, at: offset})
	if retry.IsLost(err) {
		err = p.session.Fault(errors.Unwrap(err))
	}
	return same, err
}

// SumFits: there are no sums.
func (p *part) SumFits(providers.Body, int64) (bool, error) { return false, resume.ErrNoSum }

// alike is how many of n bytes from offset on are those of ours.
func (p *part) alike(offset, n int64, ours io.Reader) (same int64, err error) {
	block := make([]byte, packet)
	for same < n {
		b := block[:min(n-same, packet)]
		if _, err := io.ReadFull(ours, b); err != nil {
			return same, &retry.Unreadable{Err: err}
		}
		theirs, err := p.ReadRange(offset+same, len(b))
		if err != nil {
			return same, err
		}
		if i := firstDifference(b, theirs); i < len(b) {
			return same + int64(i), nil
		}
		same += int64(len(b))
	}
	return same, nil
}

func firstDifference(a, b []byte) int {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

// rangeReader reads a file from an offset on, much at once.
type rangeReader struct {
	part *part
	at   int64
}

func (r *rangeReader) Read(b []byte) (int, error) {
	n, err := r.part.file.ReadAt(b, r.at)
	r.at += int64(n)
	return n, err
}

var _ providers.Resumer = (*Store)(nil)
