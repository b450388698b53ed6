package state

import (
	"errors"
	"path"
	"strings"
)

// ManifestName is the name of the manifest inside a set.
const ManifestName = "vmxsync.sha256"

// NextManifestName is where the manifest of a set that is complete is written before it takes
// the place of the one that is there. Where that one is absent, it is the manifest: so the set
// has a valid one at every instant, also where no server renames onto a name that is taken.
const NextManifestName = ManifestName + ".new"

// BlocksName is the name of the block sums inside a set: see package blocks. Like the
// manifest, which names them, they are no file of the set.
const BlocksName = "vmxsync.blocks"

// IsOurs reports whether a path, from the folder of a set, is that of a file that vmxsync
// adds to it.
func IsOurs(p string) bool { return p == ManifestName || p == NextManifestName || p == BlocksName }

// WorkDir gives the paths of our own folder under the root of a destination.
//
//	owner                          whose root this is
//	owner.new                      whose it is about to be
//	former                         who owned the root before
//	known                          what was complete here after the last apply
//	known.new                      the same, before it has its name
//	trash/going                    the sets that an apply is about to delete
//	staging/VM~TIME/claim          what is being uploaded, from which files; what
//	                               is being deleted in place
//	staging/VM~TIME/manifest       the manifest, before it is whole
//	staging/VM~TIME~read           a set without checksums was read, see First
//	staging/VM~TIME/set/...        the set, renamed to its final name when whole
//	trash/VM~TIME~RUN~del/...      a deleted set
//	trash/VM~TIME~RUN~rep/...      a set that a replacement moved aside
//	verified/VM~TIME               what was proven of a set by reading it back
//	drills/VM~TIME~RUN             what became of a drill with a set
//	lock/held/ID~HOST~SINCE        who applies here now
//	reading/RUN                    a restore that reads sets here now
type WorkDir string

// Owner is the file that names the owner of the root.
func (w WorkDir) Owner() string { return path.Join(string(w), "owner") }

// NextOwner is where the owner is written before it gets its name.
func (w WorkDir) NextOwner() string { return w.Owner() + ".new" }

// Known is the record of what was complete after the last apply.
func (w WorkDir) Known() string { return path.Join(string(w), "known") }

// NextKnown is where the record is written before it gets its name.
func (w WorkDir) NextKnown() string { return w.Known() + ".new" }

// Going is the list of the sets that an apply is about to delete. It is in a folder
// that every reading lists, so that its absence costs nothing.
func (w WorkDir) Going() string { return path.Join(w.Trash(), "going") }

// Staging is the folder of all staged sets.
func (w WorkDir) Staging() string { return path.Join(string(w), "staging") }

// Trash is the folder of all deleted sets.
func (w WorkDir) Trash() string { return path.Join(string(w), "trash") }

// Held is the folder that is there while an apply holds the lock.
func (w WorkDir) Held() string { return path.Join(string(w), "lock", "held") }

// Reading is the folder of the marks of restores. It is there as long as one is.
func (w WorkDir) Reading() string { return path.Join(string(w), "reading") }

// ReadMark is the mark of one restore.
func (w WorkDir) ReadMark(run string) string { return path.Join(w.Reading(), run) }

// Staged is the folder of one staged set.
func (w WorkDir) Staged(k Key) string { return path.Join(w.Staging(), k.Decorated()) }

// Claim is the claim of one staged set.
func (w WorkDir) Claim(k Key) string { return path.Join(w.Staged(k), StagedClaim) }

// StagedManifest is where a manifest is written before it is moved into its set.
func (w WorkDir) StagedManifest(k Key) string { return path.Join(w.Staged(k), StagedManifest) }

// StagedSet is the folder that becomes the set.
func (w WorkDir) StagedSet(k Key) string { return path.Join(w.Staged(k), StagedSet) }

// Names inside the folder of a staged set.
const (
	StagedClaim    = "claim"
	StagedManifest = "manifest"
	StagedSet      = "set"
)

// Deleted is the trash folder of a set that run deletes.
func (w WorkDir) Deleted(k Key, run string) string {
	return path.Join(w.Trash(), k.Decorated()+"~"+run+"~del")
}

// Replaced is the trash folder of a set that run moves aside.
func (w WorkDir) Replaced(k Key, run string) string {
	return path.Join(w.Trash(), k.Decorated()+"~"+run+"~rep")
}

var errTrashName = errors.New("not VM~TIME~RUN~del or ~rep")

// ParseTrash undoes the last element of Deleted and Replaced.
func ParseTrash(name string) (k Key, run string, replaced bool, err error) {
	rest, del := strings.CutSuffix(name, "~del")
	if !del {
		if rest, replaced = strings.CutSuffix(name, "~rep"); !replaced {
			return Key{}, "", false, errTrashName
		}
	}
	i := strings.LastIndexByte(rest, '~')
	if i < 0 {
		return Key{}, "", false, errTrashName
	}
	k, err = ParseDecorated(rest[:i])
	return k, rest[i+1:], replaced, err
}
