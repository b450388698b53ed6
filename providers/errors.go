package providers

import "errors"

// What callers branch on besides fs.ErrNotExist, fs.ErrExist and
// fs.ErrPermission.
var (
	// ErrUnreachable: no session could be opened (no route, refused, time-out,
	// TLS, a server that says 421). Nothing is known about the content.
	ErrUnreachable = errors.New("cannot be reached")
	// ErrLogin: the place refused the credentials.
	ErrLogin = errors.New("login refused")
	// ErrFull: no space or quota left for content.
	ErrFull = errors.New("no space left")
	// ErrListing: a listing was cut, or holds a line that is not understood.
	ErrListing = errors.New("listing is not complete")
	// ErrMismatch: the place holds other bytes than it was sent.
	ErrMismatch = errors.New("content differs from what was sent")
	// ErrInUse: another program has the file open, or a file in the folder.
	ErrInUse = errors.New("in use by another program")
	// ErrName: a name that this place cannot hold, or that vmxsync refuses.
	ErrName = errors.New("name is not usable")
)

// Hinted is an error with a way out for the user.
type Hinted struct {
	Err  error
	Hint string // one or two sentences, naming the attribute to change
}

func (e *Hinted) Error() string { return e.Err.Error() }
func (e *Hinted) Unwrap() error { return e.Err }

// WithHint adds a way out to err; the text of err stays as it is.
func WithHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return &Hinted{Err: err, Hint: hint}
}

// Untrusted is the refusal of a server that is not trusted: of its certificate, or of its host
// key.
type Untrusted interface {
	error
	// Trust is the attribute that would trust what the server has shown, and its value; "" if
	// nothing should.
	Trust() (attribute, fingerprint string)
}

// Hint is the outermost way out in the chain of err, or "".
func Hint(err error) string {
	var h *Hinted
	if errors.As(err, &h) {
		return h.Hint
	}
	return ""
}
