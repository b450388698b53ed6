package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Proof records of the files of one set at a destination when their bytes were read
// there last, and with which result. It lies in our folder at the destination,
// one file per set, written whole:
//
//	{"format":"vmxsync.proof/1","address":"Bart/2026-11-21-010000","manifest":"3f0a…"}
//	{"path":"Bart-flat.vmdk","size":7340032,"sha256":"9f86…","at":"2026-11-22T01:00:00Z","level":"read"}
//	{"path":"Bart_1-flat.vmdk","size":7340032,"at":"2026-11-22T01:10:00Z","offset":1073741824,"hash":"c2hh…"}
//
// The last line is of a file whose reading was cut behind offset bytes; with "cut_at", a file
// that was proven before is being read again. A line
// that is torn, or of a level that is not known, is skipped: it only proves less.
type Proof struct {
	Key      Key
	Manifest string      // identity of the manifest of the copy; "" in proofs of versions that did not write it
	Files    []FileProof // sorted by path, each path once
}

// FileProof is what is known of one file.
type FileProof struct {
	Path   string    `json:"path"`             // from the folder of the set
	Size   int64     `json:"size"`             // bytes
	SHA256 string    `json:"sha256,omitempty"` // hex, of all bytes; "" where the reading was cut
	At     time.Time `json:"at"`               // UTC, of the last byte that was read
	Level  string    `json:"level,omitempty"`  // ReadProof, ServerProof; "" where the reading was cut
	Offset int64     `json:"offset,omitempty"` // how many bytes were read, where it was cut
	Hash   []byte    `json:"hash,omitempty"`   // the state of the SHA-256 behind Offset
	CutAt  time.Time `json:"cut_at,omitzero"`  // UTC, when a later reading was cut: the proof before it stands
}

// The levels of a proof.
const (
	ServerProof = "server" // the server computed a sum
	ReadProof   = "read"   // every byte was read back
)

const (
	proofFormat = "vmxsync.proof/1"
	// MaxProof is the size of the largest proof that is read, in bytes.
	MaxProof = 64 << 20
)

var errProof = errors.New("not a proof of this format")

type proofHead struct {
	Format  string `json:"format"`
	Address string `json:"address"`
	// Manifest distinguishes the copy that was read from one that was sent again.
	Manifest string `json:"manifest,omitempty"`
}

// Encode writes the proof.
func (p Proof) Encode() []byte {
	var b bytes.Buffer
	line := func(v any) {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err) // strings, numbers and times of our own clock always encode
		}
		b.Write(append(data, '\n'))
	}
	line(proofHead{proofFormat, p.Key.String(), p.Manifest})
	for _, f := range p.Files {
		line(f)
	}
	return b.Bytes()
}

// ParseProof reads what Encode wrote. What it cannot read of it proves nothing.
func ParseProof(data []byte) (Proof, error) {
	first, rest, whole := strings.Cut(string(data), "\n")
	var head proofHead
	if err := json.Unmarshal([]byte(first), &head); err != nil || !whole || head.Format != proofFormat {
		return Proof{}, errProof
	}
	_, k, err := SplitAddress("./" + head.Address)
	if err != nil {
		return Proof{}, fmt.Errorf("%w: %w", errProof, err)
	}
	p := Proof{Key: k, Manifest: head.Manifest}
	for line := range strings.Lines(rest) {
		var f FileProof
		if !strings.HasSuffix(line, "\n") || json.Unmarshal([]byte(line), &f) != nil || f.Path == "" || f.Size < 0 || f.Offset < 0 || f.Offset > f.Size {
			continue
		}
		p = p.With(f)
	}
	return p, nil
}

// With is the proof with what is known of one file put in the place of what was.
func (p Proof) With(f FileProof) Proof {
	i, there := slices.BinarySearchFunc(p.Files, f.Path, byProofPath)
	files := slices.Clone(p.Files)
	if there {
		files[i] = f
	} else {
		files = slices.Insert(files, i, f)
	}
	return Proof{p.Key, p.Manifest, files}
}

// Of is what is known of one file, if anything is.
func (p Proof) Of(name string) (FileProof, bool) {
	i, there := slices.BinarySearchFunc(p.Files, name, byProofPath)
	if !there {
		return FileProof{}, false
	}
	return p.Files[i], true
}

func byProofPath(f FileProof, name string) int { return strings.Compare(f.Path, name) }

// Proves reports whether a file was found to match its manifest, at or
// after since.
func (f FileProof) Proves(m ManifestFile, since time.Time) bool {
	known := f.Level == ServerProof || f.Level == ReadProof
	return known && f.Size == m.Size && f.SHA256 != "" && f.SHA256 == m.SHA256 && !since.IsZero() && !f.At.Before(since)
}

// continuesFor is how old the part of a file may be that was read, for the reading to
// continue behind it.
const continuesFor = 7 * 24 * time.Hour

// Continues reports whether a reading of a file of that size may continue behind what was
// read of it.
func (f FileProof) Continues(size int64, now time.Time) bool {
	at := f.At
	if !f.CutAt.IsZero() {
		at = f.CutAt
	}
	return f.Offset > 0 && f.Size == size && now.Sub(at) < continuesFor
}

// Cut is what is known of a file whose reading was cut behind offset bytes: where it was
// proven before, it still is.
func (f FileProof) Cut(file ManifestFile, offset int64, hash []byte, now time.Time) FileProof {
	next := FileProof{Path: file.Path, Size: file.Size, At: now.UTC(), Offset: offset, Hash: hash}
	if f.Level != "" && f.Size == file.Size && f.SHA256 == file.SHA256 {
		next.SHA256, next.Level, next.At, next.CutAt = f.SHA256, f.Level, f.At, now.UTC()
	}
	return next
}

// OfSet is when the files of a set with that manifest were proven: the first of them, the
// last, and the weakest way. The times are zero where a file was not.
func (p Proof) OfSet(m *Manifest) (first, last time.Time, level string) {
	if m == nil || len(m.Files) == 0 || !p.IsOf(m) {
		return time.Time{}, time.Time{}, ""
	}
	level = ReadProof
	for _, file := range m.Files {
		f, known := p.Of(file.Path)
		if !known || !f.Proves(file, time.Unix(0, 0)) {
			return time.Time{}, time.Time{}, ""
		}
		if first.IsZero() || f.At.Before(first) {
			first = f.At
		}
		if f.At.After(last) {
			last = f.At
		}
		if f.Level == ServerProof {
			level = ServerProof
		}
	}
	return first, last, level
}

// Proven is what the proofs say of a set with that manifest.
func (p Proof) Proven(m *Manifest) Proven {
	first, _, level := p.OfSet(m)
	switch {
	case m != nil && m.NoSums:
		return Proven{Level: NotProvable}
	case first.IsZero():
		return Proven{Level: NeverProven}
	}
	return Proven{Level: level, At: first}
}

// Verified is the folder of the proofs.
func (w WorkDir) Verified() string { return path.Join(string(w), "verified") }

// Proof is the proof of one set.
func (w WorkDir) Proof(k Key) string { return path.Join(w.Verified(), k.Decorated()) }
