package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Whether a local set was rewritten after its upload can be seen from its manifest,
// but there is one per set, and reading each takes a command. So the state directory
// remembers, per destination, the sizes and times of the files of each set when it was
// sent; only if they are different now is the manifest read.

// sentFormat is the format of that file. The file proves nothing: if it is lost or
// torn, only the readings that it saves are needed again.
const sentFormat = "vmxsync.sent/1"

type sentFile struct {
	Format string            `json:"format"`
	Sets   map[string]string `json:"sets"` // "Bart/2026-11-21-010000" to fingerprint
}

// fingerprint is the SHA-256 over paths, sizes and times.
func fingerprint(files []state.File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%q %d %d\n", f.Path, f.Size, f.ModTime.UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (p *process) sentPath(location string) (string, error) {
	dir, err := p.stateDir()
	return filepath.Join(dir, "sent", checksum([]byte(location))[:32]+".json"), err
}

// sent returns what is remembered of a destination; nothing if it cannot be read.
func (p *process) sent(location string) map[string]string {
	none := map[string]string{}
	name, err := p.sentPath(location)
	if err != nil {
		return none
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return none
	}
	var doc sentFile
	if json.Unmarshal(data, &doc) != nil || doc.Format != sentFormat || doc.Sets == nil {
		return none
	}
	return doc.Sets
}

// rememberSent records the sets that an apply has sent, and forgets those that it has
// deleted. If that fails, the apply does not fail.
func (p *process) rememberSent(plan *diff.Plan, r apply.Result) {
	done := map[string]bool{}
	for _, o := range r.Outcomes {
		done[o.Address] = o.Status == apply.StatusDone
	}
	changed := map[string]map[string]string{} // destination, set, fingerprint; "" to forget
	for _, c := range plan.Changes {
		place, k, err := state.SplitAddress(c.Address)
		sends := c.Source != "" && c.Mode != diff.Adopt
		if err != nil || !done[c.Address] || !sends && c.Mode != diff.Remove {
			continue
		}
		if changed[place] == nil {
			changed[place] = map[string]string{}
		}
		changed[place][k.String()] = ""
		if sends {
			changed[place][k.String()] = fingerprint(asSet(c.Files))
		}
	}
	for name, sets := range changed {
		if place, ok := plan.Place(name); ok {
			p.writeSent(place.Location, sets)
		}
	}
}

func asSet(files []diff.File) []state.File {
	var out []state.File
	for _, f := range files {
		out = append(out, state.File{Path: f.Path, Size: f.Size, ModTime: f.MTime})
	}
	return out
}

func (p *process) writeSent(location string, changed map[string]string) {
	sets := p.sent(location)
	for k, like := range changed {
		if sets[k] = like; like == "" {
			delete(sets, k)
		}
	}
	name, err := p.sentPath(location)
	if err != nil {
		return
	}
	data, err := json.Marshal(sentFile{sentFormat, sets})
	if err == nil && os.MkdirAll(filepath.Dir(name), 0o700) == nil {
		_ = writeWhole(name, data)
	}
}

// writeWhole replaces a file completely or not at all.
func writeWhole(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".sent-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// proveSent reads the manifests of the sets at destinations whose local sets have
// changed since they were sent.
func (p *process) proveSent(ctx context.Context, spec *state.Spec, w *world) {
	doubtful := map[string][]state.Key{}
	for _, d := range spec.Destinations {
		inv := w.inventories[d.Name]
		if inv.Err != nil || w.stores[d.Name] == nil {
			continue
		}
		sent := p.sent(d.Settings.Place())
		for _, s := range inv.Sets {
			if s.State == state.Complete && s.Marked && s.Manifest == nil && w.changedSince(spec, s, sent[s.Key.String()], inv) {
				doubtful[d.Name] = append(doubtful[d.Name], s.Key)
			}
		}
	}
	w.prove(ctx, doubtful)
	for place, keys := range doubtful {
		for _, k := range keys {
			w.compareSmall(ctx, spec, place, k)
		}
	}
}

// local returns the ready local set of a key, and its source; "" if there is none.
func (w *world) local(spec *state.Spec, k state.Key) (state.Set, string) {
	for _, s := range spec.Sources {
		if local, ok := w.inventories[s.Name].Find(k); ok && local.State == state.Complete {
			return local, s.Name
		}
	}
	return state.Set{}, ""
}

// changedSince reports whether a local set may have been rewritten: it is not as
// remembered, or, if nothing is remembered, newer than its copy.
func (w *world) changedSince(spec *state.Spec, copied state.Set, remembered string, inv state.Inventory) bool {
	local, source := w.local(spec, copied.Key)
	switch {
	case source == "":
		return false
	case remembered != "":
		return remembered != fingerprint(local.Files)
	}
	return local.Newest().After(copied.Newest().Add(inv.TimeStep)) && !copied.Newest().IsZero()
}

// smallBytes is how much of a local set is read to find out whether newer files have
// the same contents as when they were sent: a set that was copied has new times.
const smallBytes = 64 << 20

// compareSmall treats newer files as unchanged if they are small and their contents
// match the manifest.
func (w *world) compareSmall(ctx context.Context, spec *state.Spec, place string, k state.Key) {
	copied, _ := w.inventories[place].Find(k)
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
		if ok && copied.Manifest.Files[i].SHA256 != "" && copied.Manifest.Files[i].SHA256 == sumOf(ctx, w.stores[source], path.Join(local.Path, f.Path)) {
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
