package events

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// restore prints the events of a restore.
func (n *textPrinter) restore(e event.Event) {
	switch e := e.(type) {
	case event.Restoring:
		n.began[e.Address] = time.Now()
		n.printf("%s: Restoring... (%s)", e.Address, state.FormatBytes(e.Bytes))
	case event.Fetching:
		n.fetching(e)
	case event.Restored:
		if e.Unchanged {
			n.printf("%s: Nothing to do: %s is there already, and its checksums match", e.Address, e.Folder)
			return
		}
		n.printf("%s: Restored to %s after %s", e.Address, e.Folder, wording.Seconds(time.Since(n.began[e.Address])))
	case event.RestoreEnded:
		n.restored = &e
	case event.Verified:
		if line := verified(e); line != "" {
			n.printf("%s: %s", e.Address, line)
		}
	}
}

func (n *textPrinter) fetching(e event.Fetching) {
	if n.bars != nil || e.Done || time.Since(n.last) < progressEvery {
		return
	}
	n.last = time.Now()
	n.printf("%s: Still receiving %s... (%s of %s)", e.Address, e.Path, state.FormatBytes(e.Received), state.FormatBytes(e.Size))
}

// Restored prints the sum of a restore that went well.
func (n *textPrinter) Restored(err error) {
	if n.bars != nil {
		n.bars.Close()
	}
	if n.restored == nil || err != nil {
		return
	}
	e := *n.restored
	kept := ""
	if e.Kept > 0 {
		kept = fmt.Sprintf(", %s were zeros or there already", state.FormatBytes(e.Kept))
	}
	n.ui.Result("\n")
	n.printf("Restore complete! %s: %s fetched%s, in %s.", wording.Count(e.Sets, "set"), state.FormatBytes(e.Fetched), kept, wording.Seconds(e.Elapsed))
}

// verified is the line about a set that was verified; "" if nothing of it was asked.
func verified(e event.Verified) string {
	switch e.Verdict {
	case "ok":
		return "Verified (" + wording.Count(e.Files, "file") + ")"
	case "later":
		return ""
	case "first reading":
		return "Read for the first time: the next plan puts its checksums into its manifest"
	case "no sums":
		return "It has no checksums: names and sizes fit"
	}
	return "Failed."
}
