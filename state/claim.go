package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Claim is what a staged folder is for and which local files its parts were read
// from. It is written before the first byte of the set, and where a set is deleted
// from its final name in place, before its first file is deleted.
type Claim struct {
	Kind  string `json:"kind,omitempty"` // UploadClaim, DeleteClaim
	Key   Key    `json:"key"`
	Run   string `json:"run,omitempty"`
	Files []File `json:"files,omitempty"` // of an upload: the local files, sorted by path: size, time and identity
	// InPlace is true for an upload whose parts lie at the final name.
	InPlace bool `json:"in_place,omitempty"`
}

// The kinds of claims.
const (
	UploadClaim = "upload"
	DeleteClaim = "delete"
)

const claimFormat = "vmxsync.claim/1"

// MaxClaim is the size of the largest claim that is read, in bytes.
const MaxClaim = 64 << 20

type claimJSON struct {
	Format  string          `json:"format"`
	Kind    string          `json:"kind"`
	Address string          `json:"address"`
	Run     string          `json:"run"`
	InPlace bool            `json:"in_place,omitempty"`
	Files   []claimFileJSON `json:"files"`
}

// claimFileJSON is a File as a claim writes it: with a time in any case, and when it changed.
type claimFileJSON struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mtime"`
	ID      string    `json:"id,omitempty"`
	// Changed is missing in claims of older versions, and where it is not known.
	Changed string `json:"changed,omitempty"`
}

// Encode writes the claim as one JSON document.
func (c Claim) Encode() []byte {
	doc := claimJSON{Format: claimFormat, Kind: c.Kind, Address: c.Key.String(), Run: c.Run, InPlace: c.InPlace, Files: []claimFileJSON{}}
	for _, f := range c.Files {
		f.ModTime = f.ModTime.UTC()
		doc.Files = append(doc.Files, claimFileJSON(f))
	}
	data, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(err) // strings, numbers and times of four-digit years always encode
	}
	return append(data, '\n')
}

// ParseClaim reads what Encode wrote; anything else is an error.
func ParseClaim(data []byte) (*Claim, error) {
	var doc claimJSON
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	if doc.Format != claimFormat {
		return nil, fmt.Errorf("claim of format %q, want %s", doc.Format, claimFormat)
	}
	_, k, err := SplitAddress("./" + doc.Address)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	c := &Claim{Kind: doc.Kind, Key: k, Run: doc.Run, InPlace: doc.InPlace}
	for _, f := range doc.Files {
		c.Files = append(c.Files, File(f))
	}
	return c, nil
}

// Fits reports whether the local files are still those that the claim names. That
// one Changed is no other file: a new owner or mode does that, too. What was sent
// of it has to be proven then.
func (c *Claim) Fits(files []File) bool {
	return slices.EqualFunc(c.Files, files, func(a, b File) bool {
		return a.Path == b.Path && a.Size == b.Size && a.ModTime.Equal(b.ModTime) && (a.ID == b.ID || a.ID == "" || b.ID == "")
	})
}

// File is the claim's entry for a file of the set; zero if it has none.
func (c *Claim) File(name string) File {
	i, ok := slices.BinarySearchFunc(c.Files, name, func(f File, name string) int { return strings.Compare(f.Path, name) })
	if ok {
		return c.Files[i]
	}
	return File{}
}

// Digest is the SHA-256, in hex, of the claim: two runs never write the same.
func (c Claim) Digest() string {
	sum := sha256.Sum256(c.Encode())
	return hex.EncodeToString(sum[:])
}

// Governs reports whether what lies at the final name is the claim's: parts of an
// upload, or what a delete has left.
func (c *Claim) Governs() bool {
	return c != nil && (c.Kind == DeleteClaim || c.Kind == UploadClaim && c.InPlace)
}

// Names reports whether a file of the set may be a part that the upload sent.
func (c *Claim) Names(f File) bool {
	return slices.ContainsFunc(c.Files, func(own File) bool { return own.Path == f.Path && f.Size <= own.Size })
}
