// Package certificate decides which FTP servers are trusted under TLS, and which
// certificate they are shown: by the settings of the account, and nothing else.
//
//	config, err := certificate.Config(settings) // nil where TLS is off
//	no, ok := errors.AsType[*certificate.Error](err) // no.Hint() has the line to paste
//
// A certificate that is refused is named by its fingerprint, so that somebody can compare
// it. Certificates are verified by the clock of this machine.
package certificate
