package planfile

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

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
func Seal(p *diff.Plan, e Envelope, key []byte) ([]byte, error) { return seal(Format, p, e, key) }

func seal(format string, p any, e Envelope, key []byte) ([]byte, error) {
	plan, err := canonical(p)
	if err != nil {
		return nil, err
	}
	e.HMAC, e.Digest = "", ""
	e.CreatedAt, e.ExpiresAt = e.CreatedAt.UTC(), e.ExpiresAt.UTC()
	envelope, err := canonical(e)
	if err != nil {
		return nil, err
	}
	doc := document{
		"format": quoted(format), "id": quoted(hash(plan)), "plan": plan, "envelope": envelope,
	}
	return doc.seal(key)
}

// document is a plan file by its outermost members, each of them canonical:
// members that this version does not know are covered by digest and HMAC too.
type document map[string]jsontext.Value

func (d document) seal(key []byte) ([]byte, error) {
	bare, err := d.without("hmac", "digest")
	if err != nil {
		return nil, err
	}
	if len(key) > 0 {
		if err := d.setEnvelope("hmac", sign(bare, key)); err != nil {
			return nil, err
		}
	}
	covered, err := d.without("digest")
	if err != nil {
		return nil, err
	}
	if err := d.setEnvelope("digest", hash(covered)); err != nil {
		return nil, err
	}
	sealed, err := canonical(d)
	return append(sealed, '\n'), err
}

func (d document) envelope() (map[string]jsontext.Value, error) {
	var e map[string]jsontext.Value
	err := json.Unmarshal(d["envelope"], &e)
	return e, err
}

func (d document) setEnvelope(name, value string) error {
	e, err := d.envelope()
	if err != nil {
		return err
	}
	e[name] = quoted(value)
	d["envelope"], err = canonical(e)
	return err
}

// without is the canonical document less some members of its envelope.
func (d document) without(names ...string) ([]byte, error) {
	e, err := d.envelope()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		delete(e, name)
	}
	rest := document{}
	for name, value := range d {
		rest[name] = value
	}
	if rest["envelope"], err = canonical(e); err != nil {
		return nil, err
	}
	return canonical(rest)
}

// canonical writes v in the form of RFC 8785. Bytes that are no UTF-8, which
// only text for people can hold, become replacement characters.
func canonical(v any) (jsontext.Value, error) {
	data, err := json.Marshal(v, jsonv1.OmitEmptyWithLegacySemantics(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(data)
	err = value.Canonicalize()
	return value, err
}

func quoted(s string) jsontext.Value {
	data, _ := jsontext.AppendQuote(nil, s)
	return data
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func sign(data, key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil))
}
