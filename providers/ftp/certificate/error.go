package certificate

import (
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

var errNotPinned = errors.New("the certificate of the server does not match tls.pin_sha256")

// Error is the refusal of a certificate, with the certificate.
type Error struct {
	leaf *x509.Certificate
	err  error
}

func (d *Error) Error() string { return providers.Escape(d.err.Error()) }
func (d *Error) Unwrap() error { return d.err }

// Hint names the fingerprint, and the line that trusts it.
func (d *Error) Hint() string {
	print := Fingerprint(d.leaf)
	return fmt.Sprintf("The certificate has the SHA-256 fingerprint %s. %s\n  tls { pin_sha256 = [%q] }", print, d.wayOut(), print)
}

// Trust pins the certificate.
func (d *Error) Trust() (attribute, fingerprint string) { return "pin_sha256", Fingerprint(d.leaf) }

// wayOut ends where the line to paste begins. Whoever pins should have
// compared.
func (d *Error) wayOut() string {
	name, misnamed := errors.AsType[x509.HostnameError](d.err)
	invalid, ok := errors.AsType[x509.CertificateInvalidError](d.err)
	switch {
	case errors.Is(d.err, errNotPinned):
		return "If the server has a new certificate, put this into the destination; if not, somebody may be intercepting the connection:"
	case misnamed:
		return fmt.Sprintf("It is not valid for %q: set `tls.server_name` to a name for which it is valid. "+
			"Or, if that is the fingerprint of your server's certificate, put this into the destination:", name.Host)
	case ok && invalid.Reason == x509.Expired:
		return fmt.Sprintf("It was valid from %s to %s: renew it on the server, or check the clock of this machine. "+
			"If it cannot be renewed, and the fingerprint is that of your server's certificate, put this into the destination:",
			d.leaf.NotBefore.Format("2006-01-02"), d.leaf.NotAfter.Format("2006-01-02"))
	}
	return "If that is your server's certificate, put the line below into the destination, " +
		"or save the certificate, or that of its issuer, to a file and set `tls.ca_file` to it:"
}
