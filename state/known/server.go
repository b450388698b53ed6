package known

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Server is what identifies a server; zero where nothing does.
type Server struct {
	Certificate string    `json:"certificate"` // SHA-256, as openssl prints it: "AB:CD:..."
	Key         string    `json:"key"`         // SHA-256 of its public key: "sha256//BASE64"
	From        time.Time `json:"valid_from"`
	Until       time.Time `json:"valid_until"`
	// Seen is when an apply recorded that certificate first, UTC; zero outside of a
	// record.
	Seen time.Time `json:"first_seen,omitzero"`
}

// Change is how a server differs from the one of a record.
type Change string

// The changes.
const (
	// Unchanged: the same certificate, or one of the two is not known.
	Unchanged Change = ""
	// Renewed: another certificate of the same key, which no other server has.
	Renewed Change = "renewed"
	// Replaced: another key. It is another server, or a renewal that made a key, as
	// most of Let's Encrypt do.
	Replaced Change = "replaced"
)

// IsZero reports whether nothing identifies the server.
func (s Server) IsZero() bool { return s.Certificate == "" }

// ChangeFrom compares with the server of a record; nil is no record.
func (s Server) ChangeFrom(r *Record) Change {
	switch {
	case r == nil || s.IsZero() || r.Server.IsZero() || s.Certificate == r.Server.Certificate:
		return Unchanged
	case s.Key == r.Server.Key:
		return Renewed
	}
	return Replaced
}

// String is "AB:CD:..., valid from 2026-11-29 to 2027-02-27".
func (s Server) String() string {
	return fmt.Sprintf("%s, valid from %s to %s", s.Certificate, s.From.UTC().Format(time.DateOnly), s.Until.UTC().Format(time.DateOnly))
}

// Check proves that both are SHA-256 sums: a record lies where others write, and its
// values are printed.
func (s Server) Check() error {
	if s.IsZero() {
		return nil
	}
	cert, err := hex.DecodeString(strings.ReplaceAll(s.Certificate, ":", ""))
	if err != nil || len(cert) != 32 || len(s.Certificate) != 32*3-1 {
		return errors.New("the certificate of the server is not a SHA-256")
	}
	text, ofKey := strings.CutPrefix(s.Key, "sha256//")
	key, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(key) != 32 || !ofKey {
		return errors.New("the key of the server is not a SHA-256")
	}
	return nil
}
