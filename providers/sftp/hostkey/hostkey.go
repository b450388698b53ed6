package hostkey

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// Keys are those that are trusted for one server.
type Keys struct {
	attribute string // that names keys of this server: "host_key"
	pins      []Pin  // its keys; then no others are trusted
	file      string // where a key may be added: the known_hosts of the configuration, or the user's own
	known     ssh.HostKeyCallback
}

// Pin is a key that the configuration names, by one of the two.
type Pin struct {
	Fingerprint string        // "SHA256:…"
	key         ssh.PublicKey // nil: only the fingerprint is known
}

const fingerprintPrefix = "SHA256:"

// ParsePin reads a fingerprint as ssh-keygen -lf prints it, or a line of a .pub file.
func ParsePin(text string) (Pin, error) {
	if sum, ok := strings.CutPrefix(text, fingerprintPrefix); ok {
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(sum, "="))
		if err != nil || len(raw) != 32 {
			return Pin{}, errors.New("not a SHA-256 fingerprint")
		}
		return Pin{Fingerprint: fingerprintPrefix + base64.RawStdEncoding.EncodeToString(raw)}, nil
	}
	key, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil || len(bytes.TrimSpace(rest)) > 0 {
		return Pin{}, errors.New("neither a SHA-256 fingerprint nor a public key")
	}
	if !slices.ContainsFunc(plainAlgorithms, func(a string) bool { return TypeOf(a) == key.Type() }) {
		return Pin{}, fmt.Errorf("a key of the type %s, which vmxsync does not accept of a server", key.Type())
	}
	return Pin{Fingerprint: ssh.FingerprintSHA256(key), key: key}, nil
}

// Open reads what is trusted for a server: the pins alone, if there are any, or the
// known_hosts file; without a path, those that OpenSSH reads.
func Open(attribute string, keys []string, file string) (*Keys, error) {
	h := &Keys{attribute: attribute, file: file}
	for _, text := range keys {
		p, err := ParsePin(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", attribute, err)
		}
		h.pins = append(h.pins, p)
	}
	if h.pins != nil {
		return h, nil
	}
	files := []string{file}
	if file == "" {
		h.file, files = ordinaryFiles()
	}
	for _, f := range files {
		if err := readable(f); err != nil {
			return nil, providers.WithHint(fmt.Errorf("known_hosts: %w", err),
				fmt.Sprintf("`known_hosts` must be a file as OpenSSH has it. Set `%s` to the fingerprint of the server's key instead, if there is none.", attribute))
		}
	}
	known, err := knownhosts.New(files...)
	if err != nil {
		return nil, providers.WithHint(fmt.Errorf("known_hosts: %w", err), "Correct or remove that line: ssh may skip it without notice, and vmxsync does not.")
	}
	h.known = known
	return h, nil
}

// ordinaryFiles are the user's own file, whether it exists or not, and those that
// exist of OpenSSH's.
func ordinaryFiles() (own string, existing []string) {
	if home, err := os.UserHomeDir(); err == nil {
		own = filepath.Join(home, ".ssh", "known_hosts")
	}
	for _, f := range []string{own, "/etc/ssh/ssh_known_hosts"} {
		if _, err := os.Stat(f); err == nil {
			existing = append(existing, f)
		}
	}
	return own, existing
}

func readable(file string) error {
	f, err := regular.Open(file)
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", file, p.Err)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// Check is an ssh.HostKeyCallback; its error is an *Error, or one of a
// certificate.
func (h *Keys) Check(address string, remote net.Addr, key ssh.PublicKey) error {
	if h.pins != nil {
		fingerprint := ssh.FingerprintSHA256(key)
		if slices.ContainsFunc(h.pins, func(p Pin) bool { return p.Fingerprint == fingerprint }) {
			return nil
		}
		return &Error{keys: h, address: address, Key: key}
	}
	err := h.lookUp(address, remote, key)
	if err == nil {
		return nil
	}
	no := &Error{keys: h, address: address, Key: key}
	known, isKnown := errors.AsType[*knownhosts.KeyError](err)
	revoked, isRevoked := errors.AsType[*knownhosts.RevokedError](err)
	switch {
	case isKnown:
		no.want = known.Want
	case isRevoked:
		no.revoked = &revoked.Revoked
	default:
		return err
	}
	return no
}

// lookUp asks known_hosts for the host in small letters, as ssh does, and as it was
// written in the configuration only where there is none.
func (h *Keys) lookUp(address string, remote net.Addr, key ssh.PublicKey) error {
	err := h.known(strings.ToLower(address), remote, key)
	if known, ok := errors.AsType[*knownhosts.KeyError](err); ok && len(known.Want) == 0 {
		return h.known(address, remote, key)
	}
	return err
}

// The algorithms of host keys, best first; SHA-1 is not among them. A certificate is
// asked for last: a server that has one also has a plain key.
var (
	plainAlgorithms = []string{
		ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
	}
	certAlgorithms = []string{
		ssh.CertAlgoED25519v01, ssh.CertAlgoECDSA256v01, ssh.CertAlgoECDSA384v01, ssh.CertAlgoECDSA521v01, ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSASHA256v01,
	}
)

// Algorithms are those that may be asked for: of the types of the trusted keys, where
// these are known. A server with several keys shows one, and it has to be that.
func (h *Keys) Algorithms(address string) []string {
	types := h.typesOf(address)
	all := slices.DeleteFunc(slices.Clone(plainAlgorithms), func(a string) bool { return len(types) > 0 && !slices.Contains(types, TypeOf(a)) })
	if h.pins == nil {
		all = append(all, certAlgorithms...)
	}
	return all
}

// typesOf are the types of the keys that are trusted for a server; none where one of
// them may be of any type.
func (h *Keys) typesOf(address string) []string {
	var types []string
	for _, p := range h.pins {
		if p.key == nil {
			return nil
		}
		types = append(types, p.key.Type())
	}
	if h.pins != nil {
		return types
	}
	known, _ := errors.AsType[*knownhosts.KeyError](h.lookUp(address, &net.TCPAddr{}, nobody{}))
	if known == nil {
		return nil
	}
	for _, k := range known.Want {
		types = append(types, k.Key.Type())
	}
	return types
}

// TypeOf is the type of the keys that an algorithm signs with.
func TypeOf(algorithm string) string {
	switch algorithm {
	case ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512:
		return ssh.KeyAlgoRSA
	case ssh.CertAlgoRSASHA256v01, ssh.CertAlgoRSASHA512v01:
		return ssh.CertAlgoRSAv01
	}
	return algorithm
}

// nobody is a key that no server has, to ask which ones are known.
type nobody struct{}

func (nobody) Type() string                        { return "nobody" }
func (nobody) Marshal() []byte                     { return []byte("nobody") }
func (nobody) Verify([]byte, *ssh.Signature) error { return errors.New("nobody signs") }

// Source is what trusts a key: an attribute, or "known_hosts".
func (h *Keys) Source() string {
	if h.pins != nil {
		return h.attribute
	}
	return "known_hosts"
}
