package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// IsTLSError reports whether TLS could not be agreed on, or the server is not trusted.
func IsTLSError(err error) bool {
	_, untrusted := errors.AsType[*certError](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	_, alerted := errors.AsType[*alert](err)
	return untrusted || plain || alerted
}

// TLSHint is the way out of such an error.
func (d *Dialer) TLSHint(err error) string {
	if no, ok := errors.AsType[*certError](err); ok {
		return no.hint()
	}
	if _, plain := errors.AsType[tls.RecordHeaderError](err); plain {
		return "The server does not start with TLS. Set tls { mode = \"explicit\" }, or check `port`."
	}
	said, ok := errors.AsType[*alert](err)
	switch {
	case ok && said.asked && len(d.TLS.Certificates) == 0:
		return "The server requires a client certificate: set `tls.client_cert`, and `tls.client_key` to its key."
	case ok && said.asked:
		return fmt.Sprintf("The server refuses the certificate in %s (`tls.client_cert`): the server must trust its issuer, and its dates must be valid.",
			d.Settings.TLS.ClientCert)
	}
	return "The server and vmxsync have no TLS version in common: see `tls.min_version`."
}

// hint names the fingerprint, and the line that trusts it.
func (d *certError) hint() string {
	print := fingerprint(d.leaf)
	return fmt.Sprintf("The certificate has the SHA-256 fingerprint %s. %s\n  tls { pin_sha256 = [%q] }", print, d.wayOut(), print)
}

// wayOut ends where the line to paste begins. Whoever pins should have
// compared.
func (d *certError) wayOut() string {
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
