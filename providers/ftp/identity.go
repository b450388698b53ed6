package ftp

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"

	"github.com/vmxsync/vmxsync/providers"
)

// Identity is the certificate that the server showed on the control connection of
// the first session, trusted or, with insecure_skip_verify, not; see
// providers.Identifier. Without TLS nothing identifies a server.
func (s *Store) Identity() (providers.Identity, bool) {
	shown := s.dialer.shown.Load()
	if shown == nil {
		return providers.Identity{}, false
	}
	return *shown, true
}

// remember keeps the certificate of the first session that has logged in.
func (d *dialer) remember(s *session) {
	secured, ok := s.control.Conn.(*tls.Conn)
	if !ok {
		return
	}
	leaf := secured.ConnectionState().PeerCertificates[0]
	key := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	d.shown.CompareAndSwap(nil, &providers.Identity{
		Certificate: fingerprint(leaf),
		Key:         keyPin + base64.StdEncoding.EncodeToString(key[:]),
		From:        leaf.NotBefore.UTC(),
		Until:       leaf.NotAfter.UTC(),
		Pinned:      d.settings.TLS != nil && len(d.settings.TLS.PinSHA256) > 0,
	})
}
