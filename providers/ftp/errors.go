package ftp

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

var (
	errAborted  = errors.New("the session was closed")
	errNotDir   = errors.New("is not a directory")
	errIsDir    = errors.New("is a directory")
	errNoData   = errors.New("the server confirmed a transfer without a data connection")
	errNoRoot   = errors.New("the root does not exist")
	errNotEmpty = errors.New("directory is not empty")
)

// refusal is a negative reply. What a server said is shown quoted.
type refusal struct {
	code int
	text string
	kind error // the sentinel it stands for, or nil
	many bool  // there are too many sessions: 421, or a 530 that says so in its words
	held bool  // another process at the server has the file, for a while
	late bool  // it came after bytes of an upload, and may be about the connection: ftpserverlib says 550 to one that broke
}

func (r *refusal) Error() string { return fmt.Sprintf("server replied %d %q", r.code, r.text) }
func (r *refusal) Unwrap() error { return r.kind }

// refused classifies by the code, and by the words where the code says little.
func refused(code int, text string) *refusal {
	r := &refusal{code: code, text: strings.TrimSpace(text)}
	words := strings.ToLower(text)
	r.many = code == 421 || code == 530 && tellsOfMany(words)
	r.held = (code == 450 || code == 550 || code == 553) && mentions(words, "another process", "being used", "is locked", "file is in use", "sharing violation", "file busy", "resource busy")
	switch {
	case r.many || r.held:
	case code == 452 || code == 552 || mentions(words, "no space left", "disk full", "quota"):
		r.kind = providers.ErrFull
	case code == 530 || code == 532:
		r.kind = fs.ErrPermission
	case (code == 550 || code == 553) && mentions(words, "denied", "permission", "not permitted", "forbidden"):
		r.kind = fs.ErrPermission
	case (code == 550 || code == 553) && mentions(words, "invalid directory name", "invalid file name", "invalid filename"):
		r.kind = providers.ErrName
	}
	return r
}

// tellsOfMany reads the words of a 530, the code of a wrong password, with which
// ProFTPD and others refuse a session too many: at the greeting, at USER or at PASS.
func tellsOfMany(words string) bool {
	return mentions(words, "too many", "maximum", "connections", "number of", "already connected", "already logged in", "clients") &&
		!mentions(words, "attempt", "password", "incorrect", "invalid", "failed", "failures")
}

// isHeld reports whether another process at the server has the file: that of a session
// which was lost, or a virus scanner.
func isHeld(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && r.held
}

// without is the refusal as it may be shown: it was judged by all its words.
func (r *refusal) without(password string) *refusal {
	r.text = redact(r.text, password)
	return r
}

func mentions(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// refusesPath reports whether the server answered, and that the answer is about the
// path: it may be missing, of another kind or forbidden.
func refusesPath(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && (r.code == 550 || r.code == 551 || r.code == 553 || r.code == 501 || r.missing())
}

// missing reports that the server uses 450, the code of a file that is busy, for
// one that is not there: goftp does so for SIZE.
func (r *refusal) missing() bool {
	return r.code == 450 && mentions(strings.ToLower(r.text), "not found", "no such file", "does not exist")
}

// answered reports whether the server said no, for whatever reason.
func answered(err error) bool {
	_, ok := errors.AsType[*refusal](err)
	return ok
}

// unknownCommand reports whether the server does not have the command.
func unknownCommand(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && (r.code == 500 || r.code == 502 || r.code == 504 || r.code == noNumber)
}

func noNumberIn(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && r.code == noNumber
}

// badLogin is a refusal of name or password.
type badLogin struct{ reply *refusal }

func (b *badLogin) Error() string   { return b.reply.Error() }
func (b *badLogin) Unwrap() []error { return []error{providers.ErrLogin, b.reply} }

func isLost(err error) bool {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.many
	}
	return retry.IsLost(err)
}

// isCrowded reports whether a dial may have failed because of the sessions that are
// open already. Some servers say that with the code of a wrong password.
func isCrowded(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return errors.Is(err, providers.ErrLogin) || ok && r.many
}

// isTrouble reports whether the refusal is about the session or its data connection,
// not about the path.
func isTrouble(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && (r.many || r.code == 425 || r.code == 426)
}

// transient reports whether the same call may succeed later on another session.
func transient(err error) bool {
	if r, ok := errors.AsType[*refusal](err); ok && !retry.Final(err) {
		return isTrouble(err) || r.code == 450 && !r.missing() || r.code == 451 || r.late || r.held
	}
	return retry.Transient(err)
}
