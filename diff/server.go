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
func noteServer(inv state.Inventory, misses bool) []notice.Note {
	change := inv.Server.ChangeFrom(inv.Known)
	switch {
	case change == known.Unchanged:
		return nil
	case change == known.Renewed:
		return []notice.Note{{Place: inv.Place, Kind: &notice.ServerRenewed, Why: fmt.Sprintf("its TLS certificate was renewed with the same key: %s.", inv.Server)}}
	case inv.ServerPinned && !misses:
		return []notice.Note{{Place: inv.Place, Kind: &notice.ServerRenewed, Why: fmt.Sprintf("its TLS certificate has another key, which pin_sha256 names: %s.", inv.Server)}}
	default:
		return []notice.Note{{Place: inv.Place, Kind: &notice.ServerReplaced, Why: replacedServer(inv, misses)}}
	}
}

func replacedServer(inv state.Inventory, misses bool) string {
	before := inv.Known.Server
	until := "The next apply records it and ends this warning."
	if misses {
		until = "It is recorded, and this warning ends, once the loss of the vanished sets is accepted and applied."
	}
	return fmt.Sprintf("its TLS certificate has another key than before. Now %s; before, and since %s, %s. "+
		"It may have been renewed, or this is another server: compare with the fingerprint on the server (openssl x509 -noout -fingerprint -sha256 -in cert.pem). %s",
		inv.Server, before.Seen.UTC().Format(time.DateOnly), before, until)
}

// recordedServer is the server of the new record.
func recordedServer(inv state.Inventory, misses bool, at time.Time) known.Server {
	var last known.Server
	if inv.Known != nil {
		last = inv.Known.Server
	}
	change := inv.Server.ChangeFrom(inv.Known)
	if inv.Server.IsZero() || change == known.Replaced && misses || change == known.Unchanged && !last.IsZero() {
		return last
	}
	now := inv.Server
	now.Seen = at.UTC()
	return now
}
