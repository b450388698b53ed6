package wire

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
	"golang.org/x/crypto/ssh"
)

// endpoint is one SSH server and how to log in there.
type endpoint struct {
	address string
	user    string
	login   credentials
	keys    *hostkey.Keys
	shown   atomic.Pointer[handshake] // the first that led to a login
}

// open takes a connection through the handshake and the login.
func (e *endpoint) open(ctx context.Context, raw net.Conn, w account.Waits, trace *providers.SessionTrace, skip skipped) (*ssh.Client, error) {
	methods, closeAgent, err := e.login.methods()
	defer closeAgent()
	if err != nil {
		return nil, &step{stepLogin, err}
	}
	limited, cancel := context.WithTimeout(ctx, 2*w.Connect)
	defer cancel()
	defer context.AfterFunc(limited, func() { raw.Close(); closeAgent() })() // an agent may wait for a person
	h := &handshake{endpoint: e, trace: trace}
	c, channels, requests, err := ssh.NewClientConn(raw, e.address, h.config(methods, skip))
	if err != nil {
		return nil, h.failed(slowly(limited, err, connectTimeout, 2*w.Connect))
	}
	e.shown.CompareAndSwap(nil, h)
	return ssh.NewClient(c, channels, requests), nil
}

// handshake is one of an endpoint, as far as it has come.
type handshake struct {
	endpoint   *endpoint
	trace      *providers.SessionTrace
	algorithms []string
	verdict    error // on the host key
	trusted    ssh.PublicKey
}

func (h *handshake) config(methods []ssh.AuthMethod, skip skipped) *ssh.ClientConfig {
	e := h.endpoint
	h.algorithms = skip.of(e.keys, e.keys.Algorithms(e.address))
	if before := e.shown.Load(); before != nil {
		h.algorithms = before.algorithms
	}
	return &ssh.ClientConfig{
		User: e.user, Auth: methods, HostKeyCallback: h.check, HostKeyAlgorithms: h.algorithms, ClientVersion: "SSH-2.0-vmxsync",
	}
}

func (h *handshake) check(address string, remote net.Addr, key ssh.PublicKey) error {
	h.trace.Received("host key " + key.Type() + " " + ssh.FingerprintSHA256(key))
	h.verdict = h.endpoint.keys.Check(address, remote, key)
	if h.verdict == nil {
		h.trusted = key
		h.trace.Sent("log in as " + h.endpoint.user)
	}
	return h.verdict
}

// failed names the step. What the library says of a login begins with its own name.
func (h *handshake) failed(err error) error {
	switch {
	case h.verdict != nil:
		return &step{stepHandshake, h.verdict}
	case h.trusted == nil:
		return &step{stepHandshake, plainly(err)}
	case isCut(err) || errors.As(err, new(*Expiry)):
		return &step{stepLogin, plainly(err)}
	}
	return &step{stepLogin, &badLogin{err: plainly(err)}}
}

// badLogin is the end of a login at a trusted server that was neither cut nor too slow:
// a refusal of everything that it had to show, a question that it has no answer to, or
// an agent that does not sign. The library has no type for these. Another try would end
// like it, and bring the account nearer to being locked.
type badLogin struct{ err error }

func (b *badLogin) Error() string   { return b.err.Error() }
func (b *badLogin) Unwrap() []error { return []error{providers.ErrLogin, b.err} }

// skipped are the types of host keys that a server is not to show again.
type skipped map[*hostkey.Keys][]string

// add reports whether the type is new.
func (k skipped) add(keys *hostkey.Keys, keyType string) bool {
	if slices.Contains(k[keys], keyType) {
		return false
	}
	k[keys] = append(k[keys], keyType)
	return true
}

// of is algorithms without those of the skipped types.
func (k skipped) of(keys *hostkey.Keys, algorithms []string) []string {
	return slices.DeleteFunc(algorithms, func(a string) bool { return slices.Contains(k[keys], hostkey.TypeOf(a)) })
}
