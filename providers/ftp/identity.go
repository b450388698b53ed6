package ftp

import (
	"github.com/vmxsync/vmxsync/providers"
)

// Identity is the certificate that the server showed on the control connection of
// the first session, trusted or, with insecure_skip_verify, not; see
// providers.Identifier. Without TLS nothing identifies a server.
func (s *Store) Identity() (providers.Identity, bool) {
	return s.dialer.Shown()
}
