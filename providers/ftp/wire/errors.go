package wire

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

var (
	errAborted = errors.New("the session was closed")
	errNoData  = errors.New("the server confirmed a transfer without a data connection")
)

// NoNumber is the code of a refusal that was none: a 213 without a size. ftp-srv
// says "213 File status" of an empty file. It counts as "no SIZE".
const NoNumber = 213

// Refusal is a negative reply. What a server said is shown quoted.
type Refusal struct {
	Code int
	Text string
	Kind error // the sentinel it stands for, or nil
	Many bool  // there are too many sessions: 421, or a 530 that says so in its words
	Held bool  // another process at the server has the file, for a while
	Late bool  // it came after bytes of an upload, and may be about the connection: ftpserverlib says 550 to one that broke
}

func (r *Refusal) Error() string { return fmt.Sprintf("server replied %d %q", r.Code, r.Text) }
func (r *Refusal) Unwrap() error { return r.Kind }

// Refused classifies by the code, and by the words where the code says little.
func Refused(code int, text string) *Refusal {
	r := &Refusal{Code: code, Text: strings.TrimSpace(text)}
	words := strings.ToLower(text)
	r.Many = code == 421 || code == 530 && tellsOfMany(words)
	r.Held = (code == 450 || code == 550 || code == 553) && Mentions(words, "another process", "being used", "is locked", "file is in use", "sharing violation", "file busy", "resource busy")
	switch {
	case r.Many || r.Held:
	case code == 452 || code == 552 || Mentions(words, "no space left", "disk full", "quota"):
		r.Kind = providers.ErrFull
	case code == 530 || code == 532:
		r.Kind = fs.ErrPermission
	case (code == 550 || code == 553) && Mentions(words, "denied", "permission", "not permitted", "forbidden"):
		r.Kind = fs.ErrPermission
	case (code == 550 || code == 553) && Mentions(words, "invalid directory name", "invalid file name", "invalid filename"):
		r.Kind = providers.ErrName
	}
	return r
}

// tellsOfMany reads the words of a 530, the code of a wrong password, with which
// ProFTPD and others refuse a session too many: at the greeting, at USER or at PASS.
func tellsOfMany(words string) bool {
	return Mentions(words, "too many", "maximum", "connections", "number of", "already connected", "already logged in", "clients") &&
		!Mentions(words, "attempt", "password", "incorrect", "invalid", "failed", "failures")
}

// IsHeld reports whether another process at the server has the file: that of a session
// which was lost, or a virus scanner.
func IsHeld(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Held
}

// without is the refusal as it may be shown: it was judged by all its words.
func (r *Refusal) without(password string) *Refusal {
	r.Text = Redact(r.Text, password)
	return r
}

// Mentions reports whether a text, in lower case, has one of the words.
func Mentions(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// RefusesPath reports whether the server answered, and that the answer is about the
// path: it may be missing, of another kind or forbidden.
func RefusesPath(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && (r.Code == 550 || r.Code == 551 || r.Code == 553 || r.Code == 501 || r.missing())
}

// missing reports that the server uses 450, the code of a file that is busy, for
// one that is not there: goftp does so for SIZE.
func (r *Refusal) missing() bool {
	return r.Code == 450 && Mentions(strings.ToLower(r.Text), "not found", "no such file", "does not exist")
}

// Answered reports whether the server said no, for whatever reason.
func Answered(err error) bool {
	_, ok := errors.AsType[*Refusal](err)
	return ok
}

// UnknownCommand reports whether the server does not have the command.
func UnknownCommand(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && (r.Code == 500 || r.Code == 502 || r.Code == 504 || r.Code == NoNumber)
}

// NoNumberIn reports whether a reply was to hold a number and does not.
func NoNumberIn(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Code == NoNumber
}

// BadLogin is a refusal of name or password.
type BadLogin struct{ Reply *Refusal }

func (b *BadLogin) Error() string   { return b.Reply.Error() }
func (b *BadLogin) Unwrap() []error { return []error{providers.ErrLogin, b.Reply} }

// IsLost reports whether the session has ended.
func IsLost(err error) bool {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Many
	}
	return retry.IsLost(err)
}

// IsCrowded reports whether a dial may have failed because of the sessions that are
// open already. Some servers say that with the code of a wrong password.
func IsCrowded(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return errors.Is(err, providers.ErrLogin) || ok && r.Many
}

// IsTrouble reports whether the refusal is about the session or its data connection,
// not about the path.
func IsTrouble(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && (r.Many || r.Code == 425 || r.Code == 426)
}

// Transient reports whether the same call may succeed later on another session.
func Transient(err error) bool {
	if r, ok := errors.AsType[*Refusal](err); ok && !retry.Final(err) {
		return IsTrouble(err) || r.Code == 450 && !r.missing() || r.Code == 451 || r.Late || r.Held
	}
	return retry.Transient(err)
}
