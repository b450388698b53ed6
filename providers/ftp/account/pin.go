package account

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Pin is the SHA-256 of a certificate, or of the public key in one, that is
// trusted whatever its issuer, its name and its dates are.
type Pin struct {
	ofKey bool
	sum   [sha256.Size]byte
}

const KeyPin = "sha256//" // as curl's --pinnedpubkey writes it

// ParsePin reads hex with or without colons, or sha256// and base64.
func ParsePin(text string) (Pin, bool) {
	encoded, ofKey := strings.CutPrefix(text, KeyPin)
	decode := base64.StdEncoding.DecodeString
	if !ofKey {
		encoded, decode = strings.ReplaceAll(text, ":", ""), hex.DecodeString
	}
	sum, err := decode(encoded)
	if err != nil || len(sum) != sha256.Size {
		return Pin{}, false
	}
	return Pin{ofKey: ofKey, sum: [sha256.Size]byte(sum)}, true
}

// Pins are those of the settings; Check has refused what is none.
func (t TLS) Pins() ([]Pin, error) {
	var all []Pin
	for _, text := range t.PinSHA256 {
		p, ok := ParsePin(text)
		if !ok {
			return nil, fmt.Errorf("tls.pin_sha256: invalid pin %q", text)
		}
		all = append(all, p)
	}
	return all, nil
}

// Matches reports whether the certificate of a server is the pinned one.
func (p Pin) Matches(leaf *x509.Certificate) bool {
	if p.ofKey {
		return p.sum == sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	}
	return p.sum == sha256.Sum256(leaf.Raw)
}
