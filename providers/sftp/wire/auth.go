package wire

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"runtime"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
)

// credentials are what a login may show. They are never printed.
type credentials struct {
	key      ssh.Signer // nil: none
	socket   string     // of the agent; "": none
	password string
}

// openCredentials resolves the secrets and reads the private key.
func openCredentials(ctx context.Context, s *account.Settings, secrets providers.Secrets) (c credentials, err error) {
	if c.password, err = resolve(ctx, s.Password, secrets); err != nil {
		return c, err
	}
	if s.PrivateKey != "" {
		passphrase, err := resolve(ctx, s.Passphrase, secrets)
		if err != nil {
			return c, err
		}
		if c.key, err = readKey(s.PrivateKey, passphrase); err != nil {
			return c, fmt.Errorf("private_key: %s: %w", s.PrivateKey, err)
		}
	}
	if s.Agent {
		c.socket, err = agentSocket()
	}
	return c, err
}

func resolve(ctx context.Context, r providers.Reference, secrets providers.Secrets) (string, error) {
	if r.IsZero() {
		return "", nil
	}
	return secrets.Resolve(ctx, r)
}

// maxKey is more than any private key has, in bytes.
const maxKey = 64 << 10

func readKey(file, passphrase string) (ssh.Signer, error) {
	f, err := regular.Open(file)
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKey))
	if err != nil {
		return nil, err
	}
	return parseKey(text, passphrase)
}

// parseKey has errors without anything of the text.
func parseKey(text []byte, passphrase string) (ssh.Signer, error) {
	if bytes.HasPrefix(text, []byte("PuTTY-User-Key-File")) {
		return nil, providers.WithHint(errors.New("is a key of PuTTY"), "Convert it: puttygen KEY.ppk -O private-openssh -o KEY.")
	}
	key, err := ssh.ParsePrivateKey(text)
	if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked {
		if passphrase == "" {
			return nil, providers.WithHint(errors.New("the private key has a passphrase"),
				"Set `passphrase` to a reference: env(\"NAME\") or file(\"path\"); or set agent = true and add the key to ssh-agent.")
		}
		key, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(passphrase))
	}
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, providers.WithHint(errors.New("the passphrase does not open the private key"), "Check the secret that `passphrase` refers to.")
	case err != nil:
		return nil, providers.WithHint(errors.New("is not a private key that can be read"), "Use a key as ssh-keygen writes it: ssh-keygen -t ed25519.")
	}
	return key, nil
}

const agentVariable = "SSH_AUTH_SOCK"

func agentSocket() (string, error) {
	if runtime.GOOS == "windows" {
		return "", providers.WithHint(errors.New("agent: ssh-agent cannot be used on Windows"), "Set `private_key` and `passphrase`, or `password`, instead of agent = true.")
	}
	socket := os.Getenv(agentVariable)
	if socket == "" {
		return "", providers.WithHint(fmt.Errorf("agent: %s is not set", agentVariable),
			"vmxsync finds ssh-agent by that environment variable; a timer or service has its own environment. Set `private_key` instead where no agent runs.")
	}
	return socket, nil
}

// methods are the ways to log in, in the order in which they are tried. close is for
// the end of the login. All keys are one way: SSH tries each way once.
func (c credentials) methods() (methods []ssh.AuthMethod, close func(), err error) {
	close = func() {}
	var agents agent.ExtendedAgent
	if c.socket != "" {
		conn, err := net.Dial("unix", c.socket)
		if err != nil {
			return nil, close, providers.WithHint(fmt.Errorf("agent: %w", err), "Start ssh-agent and add the key with ssh-add, or set `private_key`.")
		}
		close = func() { conn.Close() }
		agents = agent.NewClient(conn)
	}
	if c.key != nil || agents != nil {
		methods = append(methods, ssh.PublicKeysCallback(func() ([]ssh.Signer, error) { return c.signers(agents) }))
	}
	if c.password != "" {
		methods = append(methods, ssh.Password(c.password), ssh.KeyboardInteractive(c.answerOnce()))
	}
	return methods, close, nil
}

// signers are the key of the configuration and then those of the agent.
func (c credentials) signers(agents agent.ExtendedAgent) ([]ssh.Signer, error) {
	var all []ssh.Signer
	if c.key != nil {
		all = append(all, c.key)
	}
	if agents == nil {
		return all, nil
	}
	held, err := agents.Signers()
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	return append(all, held...), nil
}

// errMoreAsked is the end of a login with a second factor: another try would be refused,
// too.
var errMoreAsked = errors.New("the server asks for more than a password")

// answerOnce is answer for one login: who asks again after the password wants something
// else.
func (c credentials) answerOnce() ssh.KeyboardInteractiveChallenge {
	answered := false
	return func(name, instruction string, questions []string, echos []bool) ([]string, error) {
		if answered && len(questions) > 0 {
			return nil, errMoreAsked
		}
		answered = answered || len(questions) > 0
		return c.answer(name, instruction, questions, echos)
	}
}

// answer gives the password to the one question that does not echo. Whoever asks for
// more, as for a second factor, gets nothing.
func (c credentials) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	switch {
	case len(questions) == 0:
		return nil, nil
	case len(questions) > 1 || echos[0]:
		return nil, errMoreAsked
	}
	return []string{c.password}, nil
}
