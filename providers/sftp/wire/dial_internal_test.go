package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
)

func TestIsCrowded(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&step{stepHandshake, reset}, true},
		{&step{stepJump, &step{stepHandshake, fmt.Errorf("ssh: handshake failed: %w", io.EOF)}}, true},
		{&step{stepLogin, io.EOF}, true},
		{&step{stepLogin, errors.New(`ssh: disconnect, reason 12: "too many"`)}, true},
		{&step{stepSubsystem, io.EOF}, true},
		{&step{stepLogin, &badLogin{errors.New("x")}}, true}, // some refuse more sessions as a login
		{&step{stepConnect, reset}, false},
		{&step{stepSubsystem, &noSubsystem{errors.New("subsystem request failed")}}, false},
		{&step{stepHandshake, &Expiry{named: connectTimeout}}, false},
		{&step{stepHandshake, &hostkey.Error{}}, false},
	} {
		if got := IsCrowded(c.err); got != c.want {
			t.Errorf("%v: got %v, want %v", c.err, got, c.want)
		}
	}
}

// Only what the server has sent, or this side has to show, counts as a refused login.
func TestHandshake_failedLogin(t *testing.T) {
	h := handshake{trusted: trustedKey{}}
	for _, c := range []struct {
		err  error
		want bool
	}{
		{errors.New("ssh: unable to authenticate, attempted methods [none]"), true},
		{errors.New("ssh: unexpected message type 51 (expected 60)"), true},
		{errors.New(`ssh: disconnect, reason 2: "Too many authentication failures"`), true},
		{errors.New("agent: client error: EOF"), true},
		{fmt.Errorf("ssh: handshake failed: %w", io.EOF), false},
		{fmt.Errorf("ssh: handshake failed: %w", &net.OpError{Op: "read", Err: syscall.ECONNRESET}), false},
		{errors.New(`ssh: disconnect, reason 7: "going down"`), false},
		{&Expiry{named: connectTimeout}, false},
	} {
		if got := errors.Is(h.failed(c.err), providers.ErrLogin); got != c.want {
			t.Errorf("%v: refused %v, want %v", c.err, got, c.want)
		}
	}
}
