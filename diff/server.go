package diff

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// What identifies a server is compared with the record, as what it holds is. Most
// changes are renewals, so that a change alone stops nothing: it is a warning in
// each plan until an apply has recorded it. Where sets have vanished as well, it is
// recorded with the acceptance of their loss, and reported until then.

// noteServer reports that the certificate has changed. One that the configuration
// pins is meant: that is the way out for several servers behind one name.
func (w *planner) noteServer(inv state.Inventory) {
	change := inv.Server.ChangeFrom(inv.Known)
	switch {
	case change == known.Unchanged:
	case change == known.Renewed:
		w.notes.add(notice.Note{Place: inv.Place, Kind: &notice.ServerRenewed, Why: fmt.Sprintf("its TLS certificate was renewed with the same key: %s.", inv.Server)})
	case inv.ServerPinned && !w.misses(inv.Place):
		w.notes.add(notice.Note{Place: inv.Place, Kind: &notice.ServerRenewed, Why: fmt.Sprintf("its TLS certificate has another key, which pin_sha256 names: %s.", inv.Server)})
	default:
		w.notes.add(notice.Note{Place: inv.Place, Kind: &notice.ServerReplaced, Why: w.replaced(inv)})
	}
}

func (w *planner) replaced(inv state.Inventory) string {
	before := inv.Known.Server
	until := "The next apply records it and ends this warning."
	if w.misses(inv.Place) {
		until = "It is recorded, and this warning ends, once the loss of the vanished sets is accepted and applied."
	}
	return fmt.Sprintf("its TLS certificate has another key than before. Now %s; before, and since %s, %s. "+
		"It may have been renewed, or this is another server: compare with the fingerprint on the server (openssl x509 -noout -fingerprint -sha256 -in cert.pem). %s",
		inv.Server, before.Seen.UTC().Format(time.DateOnly), before, until)
}

// serverToo is a sentence for an error that a replaced server may have caused.
func serverToo(inv state.Inventory) string {
	if inv.Server.ChangeFrom(inv.Known) != known.Replaced {
		return ""
	}
	return " The TLS certificate of the server has another key than before, too: it may be another server."
}

// recordedServer is the server of the new record.
func (w *planner) recordedServer(inv state.Inventory) known.Server {
	var last known.Server
	if inv.Known != nil {
		last = inv.Known.Server
	}
	change := inv.Server.ChangeFrom(inv.Known)
	if inv.Server.IsZero() || change == known.Replaced && w.misses(inv.Place) || change == known.Unchanged && !last.IsZero() {
		return last
	}
	now := inv.Server
	now.Seen = w.Now.UTC()
	return now
}

// misses reports whether sets have vanished from a destination, and nobody has accepted
// the loss.
func (w *planner) misses(destination string) bool {
	for _, c := range w.groups {
		if c.dest.Name == destination && len(c.vanished) > 0 {
			return true
		}
	}
	return false
}
