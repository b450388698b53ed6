package statedir

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
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

// Fingerprint is the SHA-256 over paths, sizes and times.
func Fingerprint(files []state.File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%q %d %d\n", f.Path, f.Size, f.ModTime.UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Sent returns the fingerprints of the sets that were sent to a destination, by set;
// nothing if they cannot be read.
func (d Dir) Sent(location string) map[string]string {
	none := map[string]string{}
	name, err := d.file("sent", location, 32, ".json")
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

// Send records the fingerprints of sets that were sent to a destination, and forgets
// those for which it is "". If that fails, the apply does not fail.
func (d Dir) Send(location string, changed map[string]string) {
	sets := d.Sent(location)
	for k, like := range changed {
		if sets[k] = like; like == "" {
			delete(sets, k)
		}
	}
	name, err := d.file("sent", location, 32, ".json")
	if err != nil {
		return
	}
	data, err := json.Marshal(sentFile{sentFormat, sets})
	if err == nil && os.MkdirAll(filepath.Dir(name), 0o700) == nil {
		_ = files.Replace(name, data, 0o600)
	}
}

// abandonedAfter is how long the state of a partly sent file is remembered that no
// apply has continued.
const abandonedAfter = 60 * 24 * time.Hour

// Book remembers what was read of partly sent files. Without a state directory nothing
// is remembered, and a part is sent again if the time of its file has changed.
func (d Dir) Book() *sent.Book {
	dir := d.path
	if d.err != nil {
		dir = os.DevNull
	}
	book := sent.In(filepath.Join(dir, "sent"))
	_ = book.Sweep(time.Now().Add(-abandonedAfter))
	return book
}
