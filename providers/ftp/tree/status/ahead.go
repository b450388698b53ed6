package status

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// probeFor bounds the wait for a server that drops what is sent to it ahead.
const probeFor = 5 * time.Second

// Ahead is List for several folders in one round trip, where the session has proven that
// the server answers several STAT at once in their order. The entries of a folder are nil
// where they are not sure: List finds them. After an error the session is broken, and no
// other one tries it again; while the first one tries it, the others wait.
func (l *Lister) Ahead(ss *command.Session, dirs []string) ([][]providers.File, error) {
	if usable, err := l.canSendAhead(ss, dirs); !usable || err != nil {
		return nil, err
	}
	if !l.sentAhead.Load() {
		select {
		case l.sending <- struct{}{}:
			defer func() { <-l.sending }()
		case <-ss.Life.Done():
			return nil, ss.Life.Err()
		}
		if !ss.Server.SendsAhead() {
			return nil, nil
		}
	}
	replies, err := l.sendAhead(ss, dirs)
	if err != nil || replies == nil {
		ss.Server.RefuseAhead()
		return nil, err
	}
	l.sentAhead.Store(true)
	all := make([][]providers.File, len(dirs))
	for i, r := range replies {
		f, err := read(ss, r)
		if f, sure, err := l.judge(ss, dirs[i], f, err); sure && err == nil {
			all[i] = append([]providers.File{}, f.Files...)
		}
	}
	return all, nil
}

func (l *Lister) canSendAhead(ss *command.Session, dirs []string) (bool, error) {
	if !ss.Server.SendsAhead() {
		return false, nil
	}
	for _, dir := range dirs {
		if usable, err := l.usable(ss, dir); !usable || err != nil {
			return false, err
		}
	}
	return true, nil
}

// sendAhead returns the replies to STAT of those folders. The first time in a session the
// root is asked for behind each of them, and has to be shown as it is known; nil if it is not.
func (l *Lister) sendAhead(ss *command.Session, dirs []string) ([]wire.StatusReply, error) {
	root := l.seen.Load()
	switch {
	case ss.StatusAhead:
		return ss.StatusesOf(dirs, ss.StatusWay)
	case root == nil:
		return nil, nil
	}
	return l.probeAhead(ss, dirs, root.files)
}

// probeAhead is sendAhead with the root behind each folder.
func (l *Lister) probeAhead(ss *command.Session, dirs []string, root []providers.File) ([]wire.StatusReply, error) {
	var asked []string
	for _, dir := range dirs {
		asked = append(asked, dir, l.root)
	}
	ss.Patience(min(probeFor, ss.Dialer.Waits.IO))
	defer ss.Patience(0)
	replies, err := ss.StatusesOf(asked, ss.StatusWay)
	if err != nil {
		return nil, err
	}
	var own []wire.StatusReply
	for pair := range slices.Chunk(replies, 2) {
		f, err := read(ss, pair[1])
		if err != nil || !shown.SameEntries(root, f.Files) {
			return nil, nil
		}
		own = append(own, pair[0])
	}
	ss.StatusAhead = true
	return own, nil
}

func read(ss *command.Session, r wire.StatusReply) (shown.Folder, error) {
	if r.Err != nil {
		return shown.Folder{}, r.Err
	}
	return shown.Status(ss, r.Lines, r.End, ss.StatusWay)
}
