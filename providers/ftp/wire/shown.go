package wire

import (
	"crypto/sha256"
	"encoding/base64"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/certificate"
)

// Shown is the certificate that the server showed on the control connection of the
// first session; false: there was none yet, or TLS is off.
func (d *Dialer) Shown() (providers.Identity, bool) {
	shown := d.shown.Load()
	if shown == nil {
		return providers.Identity{}, false
	}
	return *shown, true
}

// remember keeps the certificate of the first session that has logged in.
func (d *Dialer) remember(s *Session) {
	state, secured := ControlTLS(s)
	if !secured {
		return
	}
	leaf := state.PeerCertificates[0]
	key := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	d.shown.CompareAndSwap(nil, &providers.Identity{
		Certificate: certificate.Fingerprint(leaf),
		Key:         account.KeyPin + base64.StdEncoding.EncodeToString(key[:]),
		From:        leaf.NotBefore.UTC(),
		Until:       leaf.NotAfter.UTC(),
		Pinned:      d.Settings.TLS != nil && len(d.Settings.TLS.PinSHA256) > 0,
	})
}
