package redact

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/diag"
)

// Excerpt is a line of a file as it may be shown, with what it was made of.
type Excerpt struct {
	Text   string
	pieces []piece
}

// piece is a part of an Excerpt: at in the file, become in the text.
type piece struct {
	at, become span
	hidden     bool
}

// Line is the line around an offset.
func (r File) Line(offset int) Excerpt {
	text, from := lineAt(r.src, offset)
	return r.between(from, from+len(text))
}

func (r File) between(from, to int) Excerpt {
	var e Excerpt
	at := from
	for _, h := range r.hidden[r.first(from):] {
		if h.from >= to {
			break
		}
		e.add(span{at, max(at, h.from)}, string(r.src[at:max(at, h.from)]), false)
		at = min(h.to, to)
		e.add(span{max(h.from, from), at}, NotShown, true)
	}
	e.add(span{at, to}, string(r.src[at:to]), false)
	return e
}

// first is the first hidden span that ends behind an offset.
func (r File) first(offset int) int {
	n, _ := slices.BinarySearchFunc(r.hidden, offset, func(s span, at int) int { return cmp.Compare(s.to, at+1) })
	return n
}

// Hides reports whether anything is hidden between two offsets.
func (r File) Hides(from, to int) bool {
	n := r.first(from)
	return n < len(r.hidden) && r.hidden[n].from < max(to, from+1)
}

func (e *Excerpt) add(at span, text string, hidden bool) {
	if at.from == at.to {
		return
	}
	become := span{len(e.Text), len(e.Text) + len(text)}
	e.Text += text
	e.pieces = append(e.pieces, piece{at, become, hidden})
}

// Mark is the position of a range of the file in the text. Of a hidden part it is
// all or nothing.
func (e Excerpt) Mark(from, to int) (begin, end int) {
	begin, end = len(e.Text), 0
	for _, p := range e.pieces {
		if p.at.holds(from) {
			begin = p.place(from, p.become.from)
		}
		if p.at.from < to && to <= p.at.to {
			end = p.place(to, p.become.to)
		}
		if p.hidden && from == to && p.at.holds(from) {
			end = p.become.to
		}
	}
	if n := len(e.pieces); n > 0 && to > e.pieces[n-1].at.to {
		end = len(e.Text)
	}
	return begin, max(begin, end)
}

func (p piece) place(offset, whole int) int {
	if p.hidden {
		return whole
	}
	return p.become.from + offset - p.at.from
}

// lineAt is the line around an offset, and where it starts.
func lineAt(src []byte, offset int) (string, int) {
	start := bytes.LastIndexByte(src[:offset], '\n') + 1
	line, _, _ := bytes.Cut(src[start:], []byte("\n"))
	return strings.TrimSuffix(string(line), "\r"), start
}

// HideValue shows the line up to its equals sign only, and hides the length of
// the value. A line without an equals sign is the rest of some value.
func HideValue(p *diag.Place) {
	name, _, _ := strings.Cut(p.Line, "=")
	if name == p.Line {
		name = ""
	} else {
		name += "= "
	}
	p.Line = name + NotShown
	if p.To > len(name) {
		p.From, p.To = len(name), len(p.Line)
		p.Range.End = p.Range.Start
	}
}
