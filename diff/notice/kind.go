package notice

import "strings"

// Kind is one kind of notice: all notes of it at a place become one Notice.
type Kind struct {
	Code  string
	Class Class
	// Brief is the notice in a few words, with its place: for a headline, the subject of a
	// mail, or the one line of a monitor. Each error and each warning has one; it counts,
	// names no file and holds no way out. nil: a note.
	Brief func(t *Tally) string
	// Text is one sentence or two, without the place that it begins with.
	Text func(t *Tally) string
}

// placed is a brief with its place behind it, in brackets.
func placed(brief func(t *Tally) string) func(t *Tally) string {
	return func(t *Tally) string { return brief(t) + " (" + t.First.Place + ")" }
}

// Notice is a notice of that kind about a scope.
func (k *Kind) Notice(scope, text string) Notice {
	return Notice{Code: k.Code, Class: k.Class, Scope: scope, Text: text}
}

// Sum is the notice that notes of this kind add up to.
func (k *Kind) Sum(t *Tally) Notice {
	place := t.First.Place
	n := k.Notice(place, valid(place+": "+k.Text(t)))
	n.Hint = valid(t.hint)
	if k.Brief != nil {
		n.Brief = valid(k.Brief(t))
	}
	return n
}

func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }
