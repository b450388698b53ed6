package wire

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/pkg/sftp"

	"github.com/vmxsync/vmxsync/providers"
)

var (
	errClosed   = errors.New("the session was closed")
	errNoAnswer = errors.New("the server replied OK, without what was asked for")
)

// Refusal is a status of the server that is not OK. What it said is shown quoted.
type Refusal struct {
	code uint32
	text string
	kind error // the sentinel it stands for, or nil
}

func (r *Refusal) Error() string {
	if words := codes[r.code]; !strings.EqualFold(words, r.text) {
		return fmt.Sprintf("server replied %q %s", words, providers.Excerpt(r.text))
	}
	return fmt.Sprintf("server replied %q", r.text)
}

func (r *Refusal) Unwrap() error { return r.kind }

// The codes of draft-ietf-secsh-filexfer-02, section 7, and those of later drafts that
// say more than failure.
const (
	codeNoSuchFile       = 2
	codePermissionDenied = 3
	codeFailure          = 4
	codeUnsupported      = 8
)

var codes = map[uint32]string{
	1: "end of file", codeNoSuchFile: "no such file", codePermissionDenied: "permission denied", codeFailure: "failure", 5: "bad message",
	6: "no connection", 7: "connection lost", codeUnsupported: "operation unsupported", 9: "invalid handle", 10: "no such path", 11: "file already exists",
	12: "write protect", 14: "no space on filesystem", 15: "quota exceeded", 18: "dir not empty", 19: "not a directory", 20: "invalid filename",
	24: "file is a directory", 29: "cannot delete", 30: "invalid parameter",
}

// kinds are the sentinels of codes.
var kinds = map[uint32]error{
	codeNoSuchFile: fs.ErrNotExist, 10: fs.ErrNotExist, 19: fs.ErrNotExist, codePermissionDenied: fs.ErrPermission, 12: fs.ErrPermission,
	11: fs.ErrExist, 14: providers.ErrFull, 15: providers.ErrFull, 20: providers.ErrName, codeUnsupported: errors.ErrUnsupported,
}

// refused classifies by the code, and by the words where it says failure alone.
func refused(code uint32, text string) *Refusal {
	r := &Refusal{code: code, text: strings.TrimSpace(text), kind: kinds[code]}
	words := strings.ToLower(text)
	switch {
	case r.kind != nil:
	case mentions(words, "no space left", "disk full", "quota"):
		r.kind = providers.ErrFull
	case mentions(words, "not a directory"):
		r.kind = fs.ErrNotExist
	case mentions(words, "name too long"):
		r.kind = providers.ErrName
	}
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

// quoted finds the words of a status, which the library keeps to itself.
var quoted = regexp.MustCompile(`(?s)^sftp: (".*") \(`)

// answer is the refusal in an error of the library, if the server has replied.
func answer(err error) (*Refusal, bool) {
	if status, ok := errors.AsType[*sftp.StatusError](err); ok {
		text := ""
		if m := quoted.FindStringSubmatch(status.Error()); m != nil {
			text, _ = strconv.Unquote(m[1])
		}
		return refused(status.Code, text), !isConnectionCode(status.Code)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refused(codeNoSuchFile, codes[codeNoSuchFile]), true
	case errors.Is(err, fs.ErrPermission):
		return refused(codePermissionDenied, codes[codePermissionDenied]), true
	}
	return nil, false
}

// isConnectionCode: 6 and 7 are about the connection, whoever sends them.
func isConnectionCode(code uint32) bool { return code == 6 || code == 7 }

// Answered reports whether the server said no, for whatever reason.
func Answered(err error) bool {
	_, ok := errors.AsType[*Refusal](err)
	return ok
}

// given is err, or that an answer lacks: the library returns neither a value nor an error
// where a server replies OK to a question.
func given(isThere bool, err error) error {
	if err == nil && !isThere {
		return errNoAnswer
	}
	return err
}

// Described is given for what describes a file.
func Described(info fs.FileInfo, err error) error {
	if err != nil || info == nil {
		return given(false, err)
	}
	attributes, _ := info.Sys().(*sftp.FileStat)
	return given(attributes != nil, nil)
}

// UnlessAnswered is err, unless the server said no.
func UnlessAnswered(err error) error {
	if Answered(err) {
		return nil
	}
	return err
}

// plainly drops the prefixes of the library.
func plainly(err error) error {
	text := err.Error()
	for _, prefix := range []string{"ssh: handshake failed: ", "ssh: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	if text == err.Error() {
		return err
	}
	return &plain{providers.Escape(text), err}
}

type plain struct {
	text string
	err  error
}

func (p *plain) Error() string { return p.text }
func (p *plain) Unwrap() error { return p.err }
