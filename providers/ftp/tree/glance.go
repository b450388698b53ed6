package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/session"
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

// Glance is ListSettled at less cost: one round trip, where the session has proven that
// STAT shows the same. On a server with MLSD its files have no times then: those of STAT
// are in a zone that is not known.
func (t *Tree) Glance(ss *command.Session, dir string) ([]providers.File, error) {
	if dir == t.root && ss.Server.ListsByStatus() && ss.StatusWay == command.StatusUntried && !t.knowsRoot() {
		return t.proveStatus(ss)
	}
	usable, err := t.canGlance(ss, dir)
	if err != nil {
		return nil, err
	}
	if usable {
		l, sure, err := t.status(ss, dir)
		if sure || err != nil {
			return l.files, err
		}
		if l.entries == 0 {
			if err := t.missing(ss, dir); err != nil {
				return nil, err
			}
		}
		return t.compareStatus(ss, dir, l)
	}
	return t.ListSettled(ss, dir)
}

// missing is fs.ErrNotExist where a folder of which STAT shows nothing, or which it
// refuses, is missing.
func (t *Tree) missing(ss *command.Session, dir string) error {
	err := proveFolder(ss, dir)
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

// compareStatus lists dir, and notes that STAT shows whole folders of that size.
func (t *Tree) compareStatus(ss *command.Session, dir string, shown listed) ([]providers.File, error) {
	files, err := t.listSettled(ss, dir, &shown)
	if err == nil && sameEntries(files, shown.files) {
		t.proven.note(shown)
	}
	return files, err
}

func (t *Tree) canGlance(ss *command.Session, dir string) (bool, error) {
	if !ss.Server.ListsByStatus() || ss.StatusWay == command.StatusUnusable {
		return false, nil
	}
	if ss.StatusWay == command.StatusUntried {
		if err := t.prove(ss); err != nil {
			return false, err
		}
	}
	if !glances(ss) {
		return false, nil
	}
	return ss.OnePath(dir)
}

// glances reports whether the session has proven that it lists folders by STAT.
func glances(ss *command.Session) bool {
	return ss.StatusWay == command.StatusPlain || ss.StatusWay == command.StatusAll
}

// sameEntries compares names, kinds, and the sizes of files.
func sameEntries(a, b []providers.File) bool {
	return slices.EqualFunc(a, b, func(x, y providers.File) bool {
		return x.Path == y.Path && x.Kind == y.Kind && (x.Kind != providers.Regular || x.Size == y.Size)
	})
}

// status lists a folder by STAT. It is sure where the reply can only be the whole listing
// of a folder that is there.
func (t *Tree) status(ss *command.Session, dir string) (l listed, sure bool, err error) {
	l, err = t.statusLines(ss, dir, ss.StatusWay)
	return t.judge(ss, dir, l, err)
}

// judge decides what a reply to STAT of a folder is worth, or its error.
func (t *Tree) judge(ss *command.Session, dir string, l listed, err error) (_ listed, sure bool, _ error) {
	switch {
	case errors.Is(err, providers.ErrListing), wire.Answered(err) && !wire.IsTrouble(err):
		return listed{}, false, nil
	case err != nil:
		return listed{}, false, err
	case !t.proven.covers(l), l.isRound():
		return l, false, nil
	case l.entries == len(l.files) && !provesDirectory(l.files, dir) && !(ss.StatusRefuses && len(l.files) == 0):
		return l, false, nil
	}
	t.Known.Add(dir)
	return l, true, nil
}

// fewLines are less than any limit of a server that was heard of.
const fewLines = 100

// provenSize is the size of the largest reply to STAT that was compared with a listing.
type provenSize struct {
	mu           sync.Mutex
	lines, bytes int
}

func (p *provenSize) note(l listed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines, p.bytes = max(p.lines, l.entries), max(p.bytes, l.bytes)
}

// covers reports whether a reply cannot have been cut.
func (p *provenSize) covers(l listed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	few := l.entries < fewLines
	return (l.entries < p.lines || few && l.entries == p.lines) && (l.bytes < p.bytes || few && l.bytes == p.bytes)
}

// statusLines are the entries that STAT shows, sorted by name. ProFTPD puts a blank before
// each line.
func (t *Tree) statusLines(ss *command.Session, dir string, way int32) (listed, error) {
	raw, end, err := ss.StatusOf(dir, way)
	if errors.Is(err, wire.ErrStatusTooLong) {
		ss.Server.RefuseStatus()
		return listed{}, session.Again(err)
	}
	if err != nil {
		return listed{}, err
	}
	return t.parseStatus(ss, raw, end, way)
}

// parseStatus are the entries in the lines of a reply to STAT, with that text at its end.
func (t *Tree) parseStatus(ss *command.Session, raw []byte, end string, way int32) (listed, error) {
	now := t.now()
	entries, err := listing.Parse(raw, func(line string) (providers.File, error) {
		f, err := listing.LIST(strings.TrimPrefix(line, " "), now)
		if ss.Has(command.MLST) {
			f.ModTime = time.Time{}
		}
		return f, err
	})
	if err != nil {
		return listed{}, err
	}
	l := newListed(entries)
	l.bytes, l.end = len(raw), end
	if ss.StatusWay == way && end != ss.StatusEnd { // a name with a line break can end the reply
		return listed{}, fmt.Errorf("the reply to STAT ends with %q, not with %q: %w", end, ss.StatusEnd, providers.ErrListing)
	}
	var twice *providers.PartialListing
	if l.files, twice = distinct(l.files); twice != nil {
		return listed{}, twice
	}
	return l, nil
}
