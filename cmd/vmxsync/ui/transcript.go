package ui

import (
	"bytes"
	"regexp"
)

// transcript keeps the output of a run for the mail: without colours, and only the end
// of a long output.
type transcript struct{ text []byte }

const (
	maxTranscript = 1 << 20
	leftOut       = "(the beginning is left out)\n"
)

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

func (t *transcript) add(text string) {
	t.text = append(t.text, colours.ReplaceAllString(text, "")...)
	if len(t.text) > 2*maxTranscript {
		t.text = append([]byte(leftOut), t.end()...)
	}
}

// end returns the last part, from the beginning of a line on.
func (t *transcript) end() []byte {
	last := t.text[max(len(t.text)-maxTranscript, 0):]
	if i := bytes.IndexByte(last, '\n'); i >= 0 && len(last) < len(t.text) {
		return last[i+1:]
	}
	return last
}

func (t *transcript) bytes() []byte {
	if len(t.text) <= maxTranscript {
		return bytes.Clone(t.text)
	}
	return append([]byte(leftOut), t.end()...)
}
