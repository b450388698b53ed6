package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// ErrOutOfStep: replies and commands do not go together any more. Whatever the
// server says from then on may be the answer to another question.
var ErrOutOfStep = errors.New("the server's replies do not match the commands")

// replies counts what the server says against what it was asked: each command
// Has one final reply, and each transfer an announcement (1xx) before it. The
// zero value waits for the greeting.
type replies struct {
	verb      string // of the last command
	began     bool   // it was announced by a 1xx
	complete  bool   // its final reply has come
	final     int    // the code of that
	code      int    // of a reply of many lines that has begun; 0: none
	partial   []byte // of a line that has not ended yet
	rejection error  // why nothing can be believed any more
}

// asked begins with the next command, unless the server has already said more
// than it was asked.
func (r *replies) asked(verb string) {
	*r = replies{verb: strings.ToUpper(verb), rejection: r.rejection}
}

// take returns how many bytes of p come before the end of one reply, and whether
// that end is among them. What begins no reply ends at once: its reader refuses
// it.
func (r *replies) take(p []byte) (n int, whole bool) {
	for n < len(p) {
		end := bytes.IndexByte(p[n:], '\n') + 1
		if end == 0 {
			r.partial = append(r.partial, p[n:]...)
			return len(p), r.code == 0 && len(r.partial) >= 4 && !startsReply(r.partial)
		}
		line := strings.TrimRight(string(append(r.partial, p[n:n+end]...)), "\r\n")
		r.partial = nil
		n += end
		if r.line(line) {
			return n, true
		}
	}
	return n, false
}

// line reports whether a reply has ended, as textproto does.
func (r *replies) line(text string) (ended bool) {
	code, last := replyCode(text)
	switch {
	case r.code == 0 && code == 0:
		return true
	case r.code != 0 && (code != r.code || !last):
		return false
	case !last:
		r.code = code
		return false
	}
	r.code = 0
	r.reply(code)
	return true
}

// replyCode is 0 where a line has none.
func replyCode(line string) (code int, last bool) {
	if len(line) < 4 || line[3] != ' ' && line[3] != '-' {
		return 0, false
	}
	code, err := strconv.Atoi(line[:3])
	if err != nil || code < 100 {
		return 0, false
	}
	return code, line[3] == ' '
}

// transfers are the commands that need a data connection.
var transfers = []string{"LIST", "NLST", "MLSD", "RETR", "STOR"}

// answers are the positive replies that a command can have; others are about
// something else. What is missing here has too many ways to be answered. 200
// and 202 are what servers say to a command that they do nothing for.
var answers = map[string][]int{
	"EPSV": {229, 200, 202},
	"PASV": {227, 200, 202},
	"CWD":  {250, 200},
	"PWD":  {257},
	"MKD":  {257, 250, 200},
	"RMD":  {250, 200},
	"DELE": {250, 200},
	"RNFR": {350},
	"RNTO": {250, 200},
	"REST": {350},
	"SIZE": {213},
	"MDTM": {213},
	"MLST": {250},
	"STAT": {211, 212, 213, 250, 200},
	"LIST": {226, 250, 225, 200},
	"NLST": {226, 250, 225, 200},
	"MLSD": {226, 250, 225, 200},
	"RETR": {226, 250, 225, 200},
	"STOR": {226, 250, 225, 200},
}

// reply judges a whole reply.
func (r *replies) reply(code int) {
	transfer := slices.Contains(transfers, r.verb)
	if code < 200 {
		r.began = true
		if _, listed := answers[r.verb]; listed && !transfer {
			r.reject("%s was answered by %d", r.verb, code)
		}
		return
	}
	r.complete, r.final = true, code
	switch expected, listed := answers[r.verb]; {
	case !listed || code >= 400:
	case !slices.Contains(expected, code):
		r.reject("%s was answered by %d", r.verb, code)
	case transfer && !r.began:
		r.reject("%s was answered by %d before anything was transferred", r.verb, code)
	}
}

// extra is what came after all was answered.
func (r *replies) extra(text []byte) {
	r.reject("the reply to %s was followed by %s", r.verb, providers.Excerpt(strings.TrimSpace(string(text))))
}

func (r *replies) reject(format string, args ...any) {
	if r.rejection == nil {
		r.rejection = fmt.Errorf("%w: %s", ErrOutOfStep, fmt.Sprintf(format, args...))
	}
}

func startsReply(head []byte) bool {
	_, err := strconv.ParseUint(string(head[:3]), 10, 16)
	return err == nil && (head[3] == ' ' || head[3] == '-')
}
