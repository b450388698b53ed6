package wire

import (
	"context"
	"io"

	"github.com/pkg/sftp"
	"github.com/vmxsync/vmxsync/providers"
	"golang.org/x/crypto/ssh"
)

// session opens the SFTP channel of a connection, which it closes where that fails.
func (d *Dialer) session(ctx context.Context, client *ssh.Client, close func(), trace *providers.SessionTrace) (*Session, error) {
	limited, cancel := context.WithTimeout(ctx, d.waits.Connect)
	defer cancel()
	s := &Session{waits: d.waits, ssh: client, close: close, Trace: trace, hidden: d.hidden}
	s.Watch.expire = func(e *Expiry) {
		s.expired.CompareAndSwap(nil, e)
		s.Discard()
	}
	stop := context.AfterFunc(limited, s.Discard)
	err := subsystem(s)
	if !stop() && err == nil {
		err = errClosed
	}
	if err != nil {
		s.Discard()
		return nil, &step{stepSubsystem, slowly(limited, plainly(err), connectTimeout, d.waits.Connect)}
	}
	trace.Received("server " + string(client.ServerVersion()))
	return s, nil
}

// subsystem asks for SFTP, and watches what moves on its channel.
func subsystem(s *Session) error {
	channel, err := s.ssh.NewSession()
	if err != nil {
		return err
	}
	in, err := channel.StdinPipe()
	if err != nil {
		return err
	}
	out, err := channel.StdoutPipe()
	if err != nil {
		return err
	}
	complaints, err := channel.StderrPipe()
	if err != nil {
		return err
	}
	go io.Copy(io.Discard, complaints) // it shares its window with the replies
	if err := channel.RequestSubsystem("sftp"); err != nil {
		return &noSubsystem{err}
	}
	return speak(s, out, in)
}

// speak begins SFTP on a channel.
func speak(s *Session, out io.Reader, in io.WriteCloser) (err error) {
	s.client, err = sftp.NewClientPipe(s.Watch.reader(out), s.Watch.writer(in))
	return err
}

// Over is a session on a channel of the caller's own, without traces and bounds.
func Over(c *ssh.Client, out io.Reader, in io.WriteCloser, close func()) (*Session, error) {
	s := &Session{ssh: c, close: close, Trace: (*providers.Trace)(nil).Session()}
	return s, speak(s, out, in)
}

// noSubsystem is an account that may log in, but not for SFTP.
type noSubsystem struct{ err error }

func (n *noSubsystem) Error() string {
	return "the server refused the subsystem sftp: " + n.err.Error()
}
func (n *noSubsystem) Unwrap() error { return n.err }
