package wire

import (
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strings"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers/ftp/account"
)

// login takes a connected session as far as the first command.
type login struct{ *Session }

// open takes a connected session through banner, TLS and login.
func (s login) open() error {
	for _, next := range []struct {
		name string
		do   func() error
	}{
		{"implicit tls", s.secureAtOnce},
		{"banner", s.readBanner},
		{"auth tls", s.askForTLS},
		{"login", s.logIn},
		{"features", s.learn},
	} {
		if err := next.do(); err != nil {
			return &Step{Name: next.name, Err: withAlert(s.Session, err)}
		}
	}
	return nil
}

func (s login) secureAtOnce() error {
	if s.Dialer.Settings.TLSMode() != account.Implicit {
		return nil
	}
	return s.handshake()
}

// maxDelays is how often a server may say 120 before it is ready (RFC 959, 5.4).
const maxDelays = 3

func (s login) readBanner() error {
	// "SSH-2.0-…" looks like the first of many lines to textproto.
	if head, err := s.control.textproto.R.Peek(4); err == nil && !startsReply(head) {
		return &noFTP{said: s.control.said.String()}
	}
	_, text, err := s.control.textproto.ReadResponse(220)
	for range maxDelays {
		if s.control.replies.complete || err == nil {
			break
		}
		if reply, ok := errors.AsType[*textproto.Error](err); !ok || reply.Code != 120 {
			break
		}
		_, text, err = s.control.textproto.ReadResponse(220)
	}
	s.control.idlePRET = strings.Contains(text, "Pure-FTPd") // it offers PRET, which the library then sends before each transfer
	return s.Fault(err)
}

// askForTLS never goes on in clear.
func (s login) askForTLS() error {
	if s.Dialer.Settings.TLSMode() != account.Explicit {
		return nil
	}
	if _, err := s.Say(234, "AUTH TLS"); err != nil {
		return err
	}
	return s.handshake()
}

func (s login) handshake() error {
	client := tls.Client(s.control.Conn, s.tls)
	if err := s.control.secure(client); err != nil {
		return err
	}
	return client.HandshakeContext(s.Life)
}

// logIn hands the connection to the library. TLS is in place already, so the
// library gets it only to make it ask for protected data connections.
// A server with good password hashing and bad hardware takes its time.
func (s login) logIn() error {
	s.control.speak(s.Dialer.Charset)
	s.control.patience(s.Dialer.Waits.IO, ioTimeout)
	var err error
	if s.Library, err = s.client(); err != nil {
		return s.Fault(err)
	}
	if s.Lister, err = s.client(); err != nil {
		return s.Fault(err)
	}
	return s.refusedLogin(s.Library.Login(s.Dialer.Settings.User(), s.Dialer.Password))
}

// client makes the library believe that it has just connected. One that does
// not log in knows of no features, and so lists by LIST.
func (s login) client() (*ftp.ServerConn, error) {
	s.control.greeting = []byte("220 \r\n")
	var made *ftp.ServerConn
	options := []ftp.DialOption{
		ftp.DialWithDialFunc(func(_, address string) (net.Conn, error) {
			if made == nil {
				return s.control, nil
			}
			return dialData(s.Session, address)
		}),
		ftp.DialWithDisabledEPSV(!s.Dialer.Settings.EPSV),
		ftp.DialWithDisabledUTF8(true),
	}
	if s.tls != nil {
		options = append(options, ftp.DialWithTLS(s.tls))
	}
	var err error
	made, err = ftp.Dial(s.Dialer.Settings.Address(), options...)
	return made, err
}

// refusedLogin finds the code of a refusal at USER, which the library drops. A 331 that is the
// last reply was cut short by the network, and refuses nothing; 332 asks for an account, which
// nobody has.
func (s login) refusedLogin(err error) error {
	if err == nil {
		return nil
	}
	credentials := s.control.verb == "USER" || s.control.verb == "PASS"
	code, text := s.control.lastReply()
	if !credentials || code < 400 && code != ftp.StatusLoginNeedAccount {
		return s.Fault(err)
	}
	r := Refused(code, text).without(s.Dialer.Password)
	if r.Many {
		return r
	}
	return &BadLogin{Reply: r}
}

// learn reads what the server offers, which the library has asked for, and asks for UTF-8
// where there is a choice.
func (s login) learn() error {
	s.features = parseFeatures(s.control.features)
	if !s.Has("UTF8") || s.Dialer.Charset != nil {
		return nil
	}
	var r *Refusal
	if _, err := s.Say(2, "OPTS UTF8 ON"); err != nil && !errors.As(err, &r) {
		return err
	}
	return nil
}
