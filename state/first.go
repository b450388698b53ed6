package state

import (
	"slices"
	"strings"
)

// A set without checksums, which was adopted, gets them by its first full reading: the reading
// records them as a proof, and leaves the file First beside the staged sets, where every
// reading of a destination sees it at no cost. The next plan has them put into the manifest.

// Adopted and ReadBack are how the files of an adopted set were verified, by its manifest:
// not at all, or by a reading that found the checksums.
const (
	Adopted  = "adopted"
	ReadBack = "read"
)

// First is the file that notes that every byte of a set without checksums was read.
func (w WorkDir) First(k Key) string { return w.Staged(k) + firstSuffix }

const firstSuffix = "~read"

// ParseFirst undoes the last element of First.
func ParseFirst(name string) (Key, bool) {
	text, ok := strings.CutSuffix(name, firstSuffix)
	k, err := ParseDecorated(text)
	return k, ok && err == nil
}

// FirstSums are the checksums of the files of a set whose manifest has none, in the order of
// the manifest, as a reading of the whole set has found them; nil where none has.
func (p Proof) FirstSums(m *Manifest) []FileProof {
	if m == nil || !m.NoSums || len(m.Files) == 0 || p.Manifest != m.Identity() {
		return nil
	}
	var files []FileProof
	for _, want := range m.Files {
		f, known := p.Of(want.Path)
		if !known || f.Level != ReadProof || f.Size != want.Size || !IsSum(f.SHA256) {
			return nil
		}
		files = append(files, f)
	}
	return files
}

// WithSums is the manifest with the checksums of its files, in their order, which a reading
// has found. All else is as it was.
func (m *Manifest) WithSums(sums []string) *Manifest {
	next := *m
	next.NoSums, next.Verified, next.Files = false, ReadBack, slices.Clone(m.Files)
	for i := range next.Files {
		next.Files[i].SHA256 = sums[i]
	}
	return &next
}

// Sums are the checksums of its files, in their order.
func (m *Manifest) Sums() []string {
	sums := make([]string, len(m.Files))
	for i, f := range m.Files {
		sums[i] = f.SHA256
	}
	return sums
}

// asAdopted is the manifest before it had checksums.
func (m *Manifest) asAdopted() *Manifest {
	was := m.WithSums(make([]string, len(m.Files)))
	was.NoSums, was.Verified = true, Adopted
	return was
}

// IsOf reports whether a proof is of the copy with that manifest: also one of the reading that
// its checksums are from. One that names no manifest is taken for that of any.
func (p Proof) IsOf(m *Manifest) bool {
	return p.Manifest == "" || p.Manifest == m.Identity() || m.Verified == ReadBack && !m.NoSums && p.Manifest == m.asAdopted().Identity()
}
