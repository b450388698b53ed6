package wire

import (
	"bytes"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

// trace is the dialogue of one session, without the password; nil traces nothing.
type trace struct {
	to     *providers.SessionTrace
	secret redaction
	rest   []byte // of a line that has not ended yet
	lines  int    // of the reply to the last command
}

// tracedLines is how many lines of a reply are shown: that to a STAT may be the listing
// of a large folder.
const tracedLines = 40

// newTrace is nil where nobody asked for a trace.
func newTrace(to *providers.SessionTrace, password string) *trace {
	if to == nil {
		return nil
	}
	return &trace{to: to, secret: newRedaction(password)}
}

func (t *trace) heard(p []byte) {
	if t == nil {
		return
	}
	t.rest = append(t.rest, p...)
	for {
		line, rest, ended := bytes.Cut(t.rest, []byte("\n"))
		if !ended {
			return
		}
		if t.lines++; t.lines <= tracedLines {
			t.to.Received(t.secret.redact(string(bytes.TrimRight(line, "\r"))))
		}
		t.rest = rest
	}
}

func (t *trace) told(p []byte) {
	if t == nil {
		return
	}
	if more := t.lines - tracedLines; more > 0 {
		t.to.Received(fmt.Sprintf("… %d more lines", more))
	}
	t.lines = 0
	if bytes.HasPrefix(p, []byte("PASS ")) {
		p = []byte("PASS ****")
	}
	t.to.Sent(string(bytes.TrimRight(p, "\r\n")))
}
