package providers

import "time"

// Identity is what identifies the server of a place: the certificate that it showed.
type Identity struct {
	Certificate string // SHA-256 of the certificate, as openssl prints it
	Key         string // SHA-256 of the public key in it: "sha256//BASE64"
	From, Until time.Time
	Pinned      bool // the configuration names this very certificate, or its key
}

// Identifier is a store that may know which server it is connected to.
type Identifier interface {
	// Identity is that of the first session. It asks the server for nothing: false
	// where there was no session yet, and where nothing identifies the server.
	Identity() (Identity, bool)
}
