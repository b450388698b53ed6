package hostkey

import (
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Error is a server whose key is not trusted.
type Error struct {
	keys    *Keys
	address string
	Key     ssh.PublicKey         // that it has shown
	want    []knownhosts.KnownKey // what known_hosts has for it; none: it is unknown
	revoked *knownhosts.KnownKey
}

func (e *Error) Error() string {
	shown := e.Key.Type() + " " + ssh.FingerprintSHA256(e.Key)
	switch {
	case e.revoked != nil:
		return fmt.Sprintf("the host key %s is revoked by %s, line %d", shown, e.revoked.Filename, e.revoked.Line)
	case e.keys.pins != nil:
		return fmt.Sprintf("the server shows the host key %s, which %s does not name", shown, e.keys.attribute)
	case len(e.want) > 0:
		return fmt.Sprintf("the host key has changed: the server shows %s, but known is %s", shown, e.wanted())
	}
	return fmt.Sprintf("the host key is not known: %s", shown)
}

// MayHaveAnother reports whether the server may have the trusted key besides the one
// that it has shown.
func (e *Error) MayHaveAnother() bool {
	return e.revoked == nil && (e.keys.pins != nil || len(e.want) > 0)
}

// Keys are those that were trusted instead.
func (e *Error) Keys() *Keys { return e.keys }

// wanted lists the known keys with their places.
func (e *Error) wanted() string {
	var all []string
	for _, k := range e.want {
		all = append(all, fmt.Sprintf("%s %s (%s, line %d)", k.Key.Type(), ssh.FingerprintSHA256(k.Key), k.Filename, k.Line))
	}
	return strings.Join(all, ", ")
}

// Hint has the lines to paste, for a key that somebody has compared. Lines with two
// blanks in front are never broken.
func (e *Error) Hint() string {
	compare := fmt.Sprintf("Run `ssh-keygen -lf /etc/ssh/%s` on the server itself and compare the fingerprint.", publicKeyFile(e.Key))
	pin := fmt.Sprintf("%s = %q", e.keys.attribute, ssh.FingerprintSHA256(e.Key))
	line := knownhosts.Line([]string{strings.ToLower(e.address)}, e.Key)
	const between = "Either the server was installed anew, or somebody is between you and it."
	switch {
	case e.revoked != nil:
		return "Somebody has marked this key as stolen or retired: give the server a new host key."
	case e.keys.pins != nil:
		return fmt.Sprintf("%s %s Only if it is the same, write into the destination:\n  %s", between, compare, pin)
	case len(e.want) > 0:
		return fmt.Sprintf("%s %s Only if it is the same, remove the old line:\n  ssh-keygen -f %s -R %s\nand add this line to the file:\n  %s\nor write into the destination:\n  %s",
			between, compare, e.want[0].Filename, quoteHost(e.address), line, pin)
	}
	return fmt.Sprintf("%s If it is the same, write into the destination:\n  %s\nor add this line to %s:\n  %s", compare, pin, e.file(), line)
}

// Trust pins the key, unless it is revoked.
func (e *Error) Trust() (attribute, fingerprint string) {
	if e.revoked != nil {
		return "", ""
	}
	return e.keys.attribute, ssh.FingerprintSHA256(e.Key)
}

func quoteHost(address string) string {
	host := knownhosts.Normalize(address)
	if strings.ContainsAny(host, "[]") {
		return "'" + host + "'"
	}
	return host
}

func (e *Error) file() string {
	if e.keys.file == "" {
		return "the file in `known_hosts`"
	}
	return e.keys.file
}

// publicKeyFile is where OpenSSH keeps a key of this type.
func publicKeyFile(key ssh.PublicKey) string {
	switch t := key.Type(); {
	case t == ssh.KeyAlgoED25519:
		return "ssh_host_ed25519_key.pub"
	case strings.HasPrefix(t, "ecdsa-"):
		return "ssh_host_ecdsa_key.pub"
	}
	return "ssh_host_rsa_key.pub"
}
