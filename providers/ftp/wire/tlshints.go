package wire

import (
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/providers/ftp/certificate"
)

// IsTLSError reports whether TLS could not be agreed on, or the server is not trusted.
func IsTLSError(err error) bool {
	_, untrusted := errors.AsType[*certificate.Error](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	_, alerted := errors.AsType[*alert](err)
	return untrusted || plain || alerted
}

// TLSHint is the way out of such an error.
func (d *Dialer) TLSHint(err error) string {
	if no, ok := errors.AsType[*certificate.Error](err); ok {
		return no.Hint()
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
