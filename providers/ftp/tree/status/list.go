package status

import (
	"errors"
	"io/fs"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/folder"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// STAT with a path (RFC 959, 4.1.3) answers on the control connection: one round trip
// where LIST takes three, and no TLS handshake. vsftpd, ProFTPD, Pure-FTPd, pyftpdlib and
// others have it, and answer in the style of LIST. They differ in whether they show names
// that begin with a dot, and in what they say of a folder that is missing: vsftpd and
// Pure-FTPd show nothing, as of an empty one. So it is proven in each session, by the root,
// which is listed both ways, or shown as the session before has listed it; and what STAT
// leaves open is asked by the listing.
//
// Pure-FTPd ends STAT after as many entries as LIST, and does not say so, as it does in
// LIST. So a reply is believed only while it has fewer lines, and bytes, than one that was
// compared with a listing; of few lines, while it has no more.

// List is Settled of a folder.Lister at less cost: one round trip, where the session has
// proven that STAT shows the same. On a server with MLSD its files have no times then:
// those of STAT are in a zone that is not known.
func (l *Lister) List(ss *command.Session, dir string) ([]providers.File, error) {
	if dir == l.root && ss.Server.ListsByStatus() && ss.StatusWay == command.StatusUntried && l.seen.Load() == nil {
		return l.proveByRoot(ss)
	}
	usable, err := l.usable(ss, dir)
	if err != nil {
		return nil, err
	}
	if usable {
		f, sure, err := l.ask(ss, dir)
		if sure || err != nil {
			return f.Files, err
		}
		if f.Entries == 0 {
			if err := missing(ss, dir); err != nil {
				return nil, err
			}
		}
		return l.compare(ss, dir, f)
	}
	return l.folders.Settled(ss, dir)
}

// missing is fs.ErrNotExist where a folder of which STAT shows nothing, or which it
// refuses, is missing.
func missing(ss *command.Session, dir string) error {
	err := folder.Prove(ss, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist), wire.IsLost(err), ss.Broken:
		return err
	case wire.RefusesPath(err) && !errors.Is(err, fs.ErrPermission):
		_, err := command.Entry(ss, dir)
		if errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// compare lists dir, and notes that STAT shows whole folders of that size.
func (l *Lister) compare(ss *command.Session, dir string, seen shown.Folder) ([]providers.File, error) {
	files, err := l.folders.SettledAfter(ss, dir, &seen)
	if err == nil && shown.SameEntries(files, seen.Files) {
		l.proven.note(seen)
	}
	return files, err
}

// usable reports whether dir can be listed by STAT in the session, which has proven it.
func (l *Lister) usable(ss *command.Session, dir string) (bool, error) {
	if !ss.Server.ListsByStatus() || ss.StatusWay == command.StatusUnusable {
		return false, nil
	}
	if ss.StatusWay == command.StatusUntried {
		if err := l.prove(ss); err != nil {
			return false, err
		}
	}
	if !shown.ListsByStatus(ss) {
		return false, nil
	}
	return ss.OnePath(dir)
}

// ask lists a folder by STAT. It is sure where the reply can only be the whole listing
// of a folder that is there.
func (l *Lister) ask(ss *command.Session, dir string) (f shown.Folder, sure bool, err error) {
	f, err = shown.ByStatus(ss, dir, ss.StatusWay)
	return l.judge(ss, dir, f, err)
}

// judge decides what a reply to STAT of a folder is worth, or its error.
func (l *Lister) judge(ss *command.Session, dir string, f shown.Folder, err error) (_ shown.Folder, sure bool, _ error) {
	switch {
	case errors.Is(err, providers.ErrListing), wire.Answered(err) && !wire.IsTrouble(err):
		return shown.Folder{}, false, nil
	case err != nil:
		return shown.Folder{}, false, err
	case !l.proven.covers(f), f.IsRound():
		return f, false, nil
	case f.Entries == len(f.Files) && !shown.ProvesDirectory(f.Files, dir) && !(ss.StatusRefuses && len(f.Files) == 0):
		return f, false, nil
	}
	l.known.Add(dir)
	return f, true, nil
}

// fewLines are less than any limit of a server that was heard of.
const fewLines = 100

// provenSize is the size of the largest reply to STAT that was compared with a listing.
type provenSize struct {
	mu           sync.Mutex
	lines, bytes int
}

func (p *provenSize) note(f shown.Folder) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines, p.bytes = max(p.lines, f.Entries), max(p.bytes, f.Bytes)
}

// covers reports whether a reply cannot have been cut.
func (p *provenSize) covers(f shown.Folder) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	few := f.Entries < fewLines
	return (f.Entries < p.lines || few && f.Entries == p.lines) && (f.Bytes < p.bytes || few && f.Bytes == p.bytes)
}
