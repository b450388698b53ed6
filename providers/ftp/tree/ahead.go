package tree

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// probeFor bounds the wait for a server that drops what is sent to it ahead.
const probeFor = 5 * time.Second

// Ahead is Glance for several folders in one round trip, where the session has proven that
// the server answers several STAT at once in their order. The entries of a folder are nil
// where they are not sure: Glance finds them. After an error the session is broken, and no
// other one tries it again; while the first one tries it, the others wait.
func (t *Tree) Ahead(ss *command.Session, dirs []string) ([][]providers.File, error) {
	if usable, err := t.canSendAhead(ss, dirs); !usable || err != nil {
		return nil, err
	}
	if !t.sentAhead.Load() {
		select {
		case t.sending <- struct{}{}:
			defer func() { <-t.sending }()
		case <-ss.Life.Done():
			return nil, ss.Life.Err()
		}
		if !ss.Server.SendsAhead() {
			return nil, nil
		}
	}
	replies, err := t.sendAhead(ss, dirs)
	if err != nil || replies == nil {
		ss.Server.RefuseAhead()
		return nil, err
	}
	t.sentAhead.Store(true)
	all := make([][]providers.File, len(dirs))
	for i, r := range replies {
		l, err := t.parseReply(ss, r)
		if l, sure, err := t.judge(ss, dirs[i], l, err); sure && err == nil {
			all[i] = append([]providers.File{}, l.files...)
		}
	}
	return all, nil
}

func (t *Tree) canSendAhead(ss *command.Session, dirs []string) (bool, error) {
	if !ss.Server.SendsAhead() {
		return false, nil
	}
	for _, dir := range dirs {
		if usable, err := t.canGlance(ss, dir); !usable || err != nil {
			return false, err
		}
	}
	return true, nil
}

// sendAhead returns the replies to STAT of those folders. The first time in a session the
// root is asked for behind each of them, and has to be shown as it is known; nil if it is not.
func (t *Tree) sendAhead(ss *command.Session, dirs []string) ([]wire.StatusReply, error) {
	root := t.seen.Load()
	switch {
	case ss.StatusAhead:
		return ss.StatusesOf(dirs, ss.StatusWay)
	case root == nil:
		return nil, nil
	}
	return t.probeAhead(ss, dirs, root.files)
}

// probeAhead is sendAhead with the root behind each folder.
func (t *Tree) probeAhead(ss *command.Session, dirs []string, root []providers.File) ([]wire.StatusReply, error) {
	var asked []string
	for _, dir := range dirs {
		asked = append(asked, dir, t.root)
	}
	ss.Patience(min(probeFor, ss.Dialer.Waits.IO))
	defer ss.Patience(0)
	replies, err := ss.StatusesOf(asked, ss.StatusWay)
	if err != nil {
		return nil, err
	}
	var own []wire.StatusReply
	for pair := range slices.Chunk(replies, 2) {
		l, err := t.parseReply(ss, pair[1])
		if err != nil || !sameEntries(root, l.files) {
			return nil, nil
		}
		own = append(own, pair[0])
	}
	ss.StatusAhead = true
	return own, nil
}

func (t *Tree) parseReply(ss *command.Session, r wire.StatusReply) (listed, error) {
	if r.Err != nil {
		return listed{}, r.Err
	}
	return t.parseStatus(ss, r.Lines, r.End, ss.StatusWay)
}
