package ftp

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// pin is the SHA-256 of a certificate, or of the public key in one, that is
// trusted whatever its issuer, its name and its dates are.
type pin struct {
	ofKey bool
	sum   [sha256.Size]byte
}

const keyPin = "sha256//" // as curl's --pinnedpubkey writes it

// parsePin reads hex with or without colons, or sha256// and base64.
func parsePin(text string) (pin, bool) {
	encoded, ofKey := strings.CutPrefix(text, keyPin)
	decode := base64.StdEncoding.DecodeString
	if !ofKey {
		encoded, decode = strings.ReplaceAll(text, ":", ""), hex.DecodeString
	}
	sum, err := decode(encoded)
	if err != nil || len(sum) != sha256.Size {
		return pin{}, false
	}
	return pin{ofKey: ofKey, sum: [sha256.Size]byte(sum)}, true
}

// pins are those of the settings; Check has refused what is none.
func (t TLS) pins() ([]pin, error) {
	var all []pin
	for _, text := range t.PinSHA256 {
		p, ok := parsePin(text)
		if !ok {
			return nil, fmt.Errorf("tls.pin_sha256: invalid pin %q", text)
		}
		all = append(all, p)
	}
	return all, nil
}

func (p pin) matches(leaf *x509.Certificate) bool {
	if p.ofKey {
		return p.sum == sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	}
	return p.sum == sha256.Sum256(leaf.Raw)
}

// matchesAny looks at the certificate of the server alone: nothing proves that
// those it sends along are its own.
func matchesAny(pins []pin, leaf *x509.Certificate) bool {
	return slices.ContainsFunc(pins, func(p pin) bool { return p.matches(leaf) })
}

// fingerprint is the SHA-256 of the certificate as openssl prints it.
func fingerprint(leaf *x509.Certificate) string {
	sum := sha256.Sum256(leaf.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

func (s *Settings) checkPins() []providers.Problem {
	t := s.TLS
	if t == nil || len(t.PinSHA256) == 0 {
		return nil
	}
	var found []providers.Problem
	for i, text := range t.PinSHA256 {
		if _, ok := parsePin(text); !ok {
			found = append(found, one(fmt.Sprintf("tls.pin_sha256[%d]", i), "Invalid pin",
				"%q is neither the SHA-256 of a certificate (64 hex digits, with or without colons) "+
					"nor that of a public key (sha256// and 44 characters of base64).", text)...)
		}
	}
	switch {
	case s.mode() == Off:
		found = append(found, one("tls.pin_sha256", "Contradicting attributes",
			"With mode = \"off\" there is no certificate, so pin_sha256 has no effect. Remove mode.")...)
	case t.InsecureSkipVerify:
		found = append(found, one("tls.insecure_skip_verify", "Contradicting attributes",
			"With insecure_skip_verify nothing is verified, so pin_sha256 has no effect. Remove insecure_skip_verify.")...)
	case t.CAFile != "":
		found = append(found, providers.Problem{
			Attribute: "tls.ca_file", Summary: "Attribute without effect", Warning: true,
			Detail: "A pin replaces the checks of the chain, the name and the dates of a certificate, so ca_file has no effect. Remove one of the two.",
		})
	}
	return found
}
