package notice

import (
	"slices"
	"strings"
)

// Note is one thing to report.
type Note struct {
	Kind  *Kind
	Place string
	VM    string // "" where it is about the place
	Item  string // "Bart/2026-11-21-010000", or a path
	Bytes int64
	Why   string
	Hint  string // the way out; one for all notes of a place and kind
	Again string // the command that sends the local set again; "" for -replace
	Also  string // a sentence for all notes of a place and kind, with a blank before it
}

// Tally is what all notes of one place and kind add up to: a thousand unmarked sets are
// one line.
type Tally struct {
	First Note   // the one whose item sorts first
	Shown []Note // the first few by item
	Items int
	VMs   map[string]bool
	Bytes int64
	hint  string
}

// Add adds up notes of one place and kind.
func Add(all ...Note) *Tally {
	t := &Tally{VMs: map[string]bool{}}
	for _, x := range all {
		t.add(x)
	}
	return t
}

func (t *Tally) add(x Note) {
	t.show(x)
	t.Items++
	t.Bytes += x.Bytes
	if t.hint == "" {
		t.hint = x.Hint
	}
	if x.VM != "" {
		t.VMs[x.VM] = true
	}
}

// shown is how many of many are named.
const shown = 3

func (t *Tally) show(x Note) {
	at, _ := slices.BinarySearchFunc(t.Shown, x.Item, func(n Note, item string) int { return strings.Compare(n.Item, item) })
	if at < shown {
		t.Shown = slices.Insert(t.Shown, at, x)
		t.Shown = t.Shown[:min(len(t.Shown), shown)]
	}
	t.First = t.Shown[0]
}
