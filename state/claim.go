package state

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Claim says what a staged folder is for and which local files its parts were
// read from. It is written before the first byte of the set.
type Claim struct {
	Kind  string // UploadClaim
	Key   Key
	Run   string
	Files []File // the local files, sorted by path: size, time and identity
}

// UploadClaim is the kind of a claim that an upload wrote.
const UploadClaim = "upload"

const claimFormat = "vmxsync.claim/1"

// MaxClaim is the size of the largest claim that is read, in bytes.
const MaxClaim = 64 << 20

type claimJSON struct {
	Format  string          `json:"format"`
	Kind    string          `json:"kind"`
	Address string          `json:"address"`
	Run     string          `json:"run"`
	Files   []claimFileJSON `json:"files"`
}

type claimFileJSON struct {
	Path  string    `json:"path"`
	Size  int64     `json:"size"`
	MTime time.Time `json:"mtime"`
	ID    string    `json:"id,omitempty"`
}

// Encode writes the claim as one JSON document.
func (c Claim) Encode() []byte {
	doc := claimJSON{Format: claimFormat, Kind: c.Kind, Address: c.Key.String(), Run: c.Run, Files: []claimFileJSON{}}
	for _, f := range c.Files {
		doc.Files = append(doc.Files, claimFileJSON{f.Path, f.Size, f.ModTime.UTC(), f.ID})
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
	c := &Claim{Kind: doc.Kind, Key: k, Run: doc.Run}
	for _, f := range doc.Files {
		c.Files = append(c.Files, File{Path: f.Path, Size: f.Size, ModTime: f.MTime, ID: f.ID})
	}
	return c, nil
}

// Fits tells whether the local files are still those that the claim names.
func (c *Claim) Fits(files []File) bool {
	return slices.EqualFunc(c.Files, files, func(a, b File) bool {
		return a.Path == b.Path && a.Size == b.Size && a.ModTime.Equal(b.ModTime) && (a.ID == b.ID || a.ID == "" || b.ID == "")
	})
}
