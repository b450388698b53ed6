package planfile

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/vmxsync/vmxsync/diff"
)

// Format is the format of plan files. A file whose number before any dot is
// another one is refused: a plan is valid for a day, and soon made again.
const Format = "vmxsync.plan/2"

// MaxPlan is the size of the largest plan file that is read, in bytes.
const MaxPlan = 1 << 30

// Saved is a plan as it stands in a file: one JSON document in the canonical
// form of RFC 8785, with a newline at its end.
type Saved struct {
	Format   string     `json:"format"`
	ID       string     `json:"id"` // SHA-256 of the canonical plan, in hex
	Plan     *diff.Plan `json:"plan"`
	Envelope Envelope   `json:"envelope"`
}

// Envelope is what differs between two plans of the same places at one instant.
type Envelope struct {
	RunID       string    `json:"run_id"`
	CreatedAt   time.Time `json:"created_at"`
	ExpiresAt   time.Time `json:"expires_at"`
	ToolVersion string    `json:"tool_version"`
	// HMAC is the HMAC-SHA-256, in hex, of the document without HMAC and
	// Digest; "" where no key was given.
	HMAC string `json:"hmac,omitempty"`
	// Digest is the SHA-256, in hex, of the document without Digest.
	Digest string `json:"digest"`
}

// Seal writes a plan file. The caller gives the envelope without HMAC and
// Digest, and a key, or none.
func Seal(p *diff.Plan, e Envelope, key []byte) ([]byte, error) {
	return sealAs(Format, e, key, func(doc []byte) ([]byte, error) { return appendPlan(doc, p, withoutSteps()) })
}

// sealAs writes a file of a format, whose plan in canonical form appendTo appends.
func sealAs(format string, e Envelope, key []byte, appendTo func(doc []byte) ([]byte, error)) ([]byte, error) {
	e.HMAC, e.Digest = "", ""
	e.CreatedAt, e.ExpiresAt = e.CreatedAt.UTC(), e.ExpiresAt.UTC()
	bare, err := canonical(e)
	if err != nil {
		return nil, err
	}
	// Sums have their places from the beginning: nothing has to be moved for them.
	blank := map[string]string{"digest": blankSum}
	if len(key) > 0 {
		blank["hmac"] = blankSum
	}
	whole, err := withSums(bare, blank)
	if err != nil {
		return nil, err
	}
	doc := append([]byte(`{"envelope":`), whole...)
	doc = append(doc, `,"format":"`+format+`","id":"`...)
	id := len(doc)
	doc = append(doc, blankSum+`","plan":`...)
	plan := len(doc)
	if doc, err = appendTo(doc); err != nil {
		return nil, err
	}
	copy(doc[id:], hash(doc[plan:]))
	doc = append(doc, "}\n"...)
	return doc, seal(doc, whole, key)
}

var blankSum = strings.Repeat("0", 64)

// seal puts the sums into a document that has room for them: whole is its envelope.
func seal(doc, whole jsontext.Value, key []byte) error {
	d, err := parse(doc)
	if err != nil {
		return err
	}
	sums := map[string]string{}
	if len(key) > 0 {
		covered, err := d.without("hmac", "digest")
		if err != nil {
			return err
		}
		sums["hmac"] = sign(key, covered...)
		if err := d.setEnvelope(sums); err != nil {
			return err
		}
	}
	covered, err := d.without("digest")
	if err != nil {
		return err
	}
	sums["digest"] = hash(covered...)
	return d.setEnvelope(sums)
}
