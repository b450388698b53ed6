package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// proveSent reads the manifests of the sets at destinations whose local sets have
// changed since they were sent. What this machine did not send itself, and is not newer than
// its copy, is remembered as if it had.
func proveSent(ctx context.Context, e *Env, spec *config.Spec, w *World) {
	doubtful := map[string][]state.Key{}
	for _, d := range spec.Destinations {
		inv := w.Inventories[d.Name]
		if inv.Err != nil || w.Stores[d.Name] == nil {
			continue
		}
		sent := e.State.Sent(d.Settings.Place())
		if undated := w.addTimes(ctx, spec, d.Name, sent); len(undated) > 0 {
			doubtful[d.Name] = undated
		}
		older := map[string]string{} // local sets that are older than their copies, with their fingerprints
		for _, s := range inv.Sets {
			if s.State != state.Complete || !s.Marked || s.Manifest != nil {
				continue
			}
			remembered := sent[s.Key.String()]
			local, source := w.local(spec, s.Key)
			switch {
			case w.changedSince(spec, s, remembered, inv):
				doubtful[d.Name] = append(doubtful[d.Name], s.Key)
			case remembered == "" && source != "" && local.Newest().Before(s.Newest()):
				older[s.Key.String()] = statedir.Fingerprint(local.Files)
			}
		}
		if len(older) > 0 { // the next plan need not ask for their times
			e.State.Send(d.Settings.Place(), older)
		}
	}
	w.prove(ctx, doubtful)
	for place, keys := range doubtful {
		for _, k := range keys {
			w.compareSmall(ctx, spec, place, k)
		}
	}
}

// addTimes reads the times of the copies whose local sets are not remembered, and returns
// those whose times cannot be read: their manifests tell as much.
func (w *World) addTimes(ctx context.Context, spec *config.Spec, place string, sent map[string]string) []state.Key {
	inv := w.Inventories[place]
	var undated []state.Set
	for _, s := range inv.Sets {
		if s.State != state.Complete || !s.Marked || sent[s.Key.String()] != "" || !s.Newest().IsZero() {
			continue
		}
		if _, source := w.local(spec, s.Key); source != "" {
			undated = append(undated, s)
		}
	}
	timed, unread := read.Times(ctx, w.Stores[place], undated)
	for _, s := range timed {
		inv.Put(s)
	}
	return unread
}

// local returns the ready local set of a key, and its source; "" if there is none.
func (w *World) local(spec *config.Spec, k state.Key) (state.Set, string) {
	for _, s := range spec.Sources {
		if local, ok := w.Inventories[s.Name].Find(k); ok && local.State == state.Complete {
			return local, s.Name
		}
	}
	return state.Set{}, ""
}

// changedSince reports whether a local set may have been rewritten: it is not as
// remembered, or, if nothing is remembered, newer than its copy.
func (w *World) changedSince(spec *config.Spec, copied state.Set, remembered string, inv state.Inventory) bool {
	local, source := w.local(spec, copied.Key)
	switch {
	case source == "":
		return false
	case remembered != "":
		return remembered != statedir.Fingerprint(local.Files)
	}
	return local.Newest().After(copied.Newest().Add(inv.TimeStep)) && !copied.Newest().IsZero()
}

// smallBytes is how much of a local set is read to find out whether newer files have
// the same contents as when they were sent: a set that was copied has new times.
const smallBytes = 64 << 20

// compareSmall treats newer files as unchanged if they are small and their contents
// match the manifest.
func (w *World) compareSmall(ctx context.Context, spec *config.Spec, place string, k state.Key) {
	copied, _ := w.Inventories[place].Find(k)
	local, source := w.local(spec, k)
	if copied.Manifest == nil || source == "" {
		return
	}
	newer, left := copied.Manifest.Rewritten(local.Files), int64(smallBytes)
	for _, f := range local.Files {
		if !slices.Contains(newer, f.Path) {
			continue
		}
		if left -= f.Size; left < 0 {
			return
		}
		i, ok := slices.BinarySearchFunc(copied.Manifest.Files, f.Path, func(m state.ManifestFile, p string) int { return strings.Compare(m.Path, p) })
		if ok && copied.Manifest.Files[i].SHA256 != "" && copied.Manifest.Files[i].SHA256 == sumOf(ctx, w.Stores[source], path.Join(local.Path, f.Path)) {
			copied.Manifest.Files[i].MTime = f.ModTime
		}
	}
}

// sumOf returns the SHA-256 of a file in hex; "" if it cannot be read.
func sumOf(ctx context.Context, store providers.Store, p string) string {
	r, err := store.Open(ctx, p, 0)
	if err != nil {
		return ""
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}
