package hostkey_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
	"golang.org/x/crypto/ssh"
)

// FuzzHostKeys reads what trusts host keys: nothing trusts a key that it does not hold.
func FuzzHostKeys(f *testing.F) {
	const other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDqdaP+zLwogsQFBpF8eWjWRJLXiheZyOV4+/rDt0TFh"
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(other))
	if err != nil {
		f.Fatal(err)
	}
	held := strings.Fields(other)[1]
	hash := ssh.FingerprintSHA256(key)
	for _, text := range []string{
		other, "nas " + other, "[nas]:22 " + other, "* " + other, "!nas,* " + other, "@revoked * " + other, "@cert-authority * " + other,
		"|1|" + base64.StdEncoding.EncodeToString(make([]byte, 20)) + "|" + base64.StdEncoding.EncodeToString(make([]byte, 20)) + " " + other,
		hash, hash + "=", "SHA256:", "SHA256:\x00", "MD5:00:11", "sk-ssh-ed25519@openssh.com AAAA", "# nas", "", "\xef\xbb\xbfnas " + other, "nas " + other + "\r\n",
	} {
		f.Add(text)
	}
	file := filepath.Join(f.TempDir(), "known_hosts")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := hostkey.ParsePin(text)
		if err == nil && p.Fingerprint == hash && !strings.Contains(text, held) && !strings.HasPrefix(text, strings.TrimRight(hash, "=")) {
			t.Errorf("%q stands for another key", text)
		}
		if raw, no := base64.RawStdEncoding.DecodeString(strings.TrimPrefix(p.Fingerprint, "SHA256:")); err == nil && (no != nil || len(raw) != 32) {
			t.Errorf("%q: the fingerprint is %q", text, p.Fingerprint)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := hostkey.Open("host_key", nil, file)
		if err != nil {
			return
		}
		err = h.Check("nas:22", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 22}, key)
		if err == nil && !holds([]byte(text), key) {
			t.Errorf("%q trusts a key that it does not hold", text)
		}
		if no, ok := errors.AsType[*hostkey.Error](err); ok {
			_, _ = no.Error(), no.Hint()
		}
		h.Algorithms("nas:22")
	})
}

// holds reports whether any word of the text is the key.
func holds(text []byte, key ssh.PublicKey) bool {
	return slices.ContainsFunc(bytes.Fields(text), func(word []byte) bool {
		raw, err := base64.StdEncoding.DecodeString(string(word))
		return err == nil && bytes.Equal(raw, key.Marshal())
	})
}
