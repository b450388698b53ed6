package wire

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
)

// A second factor is a refused login, which is not tried until the account is locked, and
// no password is given to the question for it.
func TestAnswer_secondQuestionIsARefusedLogin(t *testing.T) {
	answer := credentials{password: "x"}.answerOnce()
	if got, err := answer("", "", nil, nil); err != nil || len(got) > 0 {
		t.Errorf("got %q, %v without a question", got, err)
	}
	if got, err := answer("", "", []string{"Password: "}, []bool{false}); err != nil || got[0] != "x" {
		t.Fatalf("got %q, %v, want the password", got, err)
	}
	got, err := answer("", "", []string{"Verification code: "}, []bool{false})
	if got != nil || err == nil {
		t.Fatalf("got %q, %v for a second question", got, err)
	}
	h := handshake{trusted: trustedKey{}}
	if err := h.failed(fmt.Errorf("ssh: handshake failed: %w", err)); !errors.Is(err, providers.ErrLogin) {
		t.Errorf("got %v, want %v", err, providers.ErrLogin)
	}
}

// trustedKey is any host key.
type trustedKey struct{ ssh.PublicKey }
