package redact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// NotShown stands for whatever may be a secret.
const NotShown = "(not shown)"

// File is a file as it may be shown.
type File struct {
	src    []byte
	hidden []span // in order, apart from each other
}

// New finds the parts of a file that are not shown. A file that does not parse
// has no blocks, and shows no value; otherwise the values of harmless arguments
// are shown.
func New(src []byte, body *hclsyntax.Body, known Vocabulary) File {
	o := outline{src: src, known: known, names: map[string]bool{}}
	var v values
	if body == nil {
		o.words = wordsOf(src)
	} else {
		v.known, v.src = known, src
		v.body(body, "", "")
		hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
			if loop, ok := n.(*hclsyntax.ForExpr); ok {
				o.names[loop.KeyVar], o.names[loop.ValVar] = true, true
			}
			return nil
		})
	}
	slices.SortFunc(v.shown, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	found := slices.DeleteFunc(o.passages(), v.mayBeShown)
	for _, s := range v.secret {
		found = append(found, passage{s, quotedText})
	}
	return File{src, merged(src, found)}
}

// AllHidden shows nothing of a file.
func AllHidden(src []byte) File { return File{src: src, hidden: []span{{0, len(src)}}} }

// wordsOf is where the words of a file begin, as the parser reads it.
func wordsOf(src []byte) map[int]bool {
	out := map[int]bool{}
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos) // its errors are those of the parser
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenIdent {
			out[t.Range.Start.Byte] = true
		}
	}
	return out
}

// values are the parts of a file that are the values of arguments which are
// known: harmless ones, and those that are secrets.
type values struct {
	known  Vocabulary
	src    []byte
	shown  []span
	secret []span
}

// body adds the arguments of a block within one of type top; before is the path of
// the blocks between them.
func (v *values) body(b *hclsyntax.Body, top, before string) {
	for name, a := range b.Attributes {
		r := a.Expr.Range()
		at := span{r.Start.Byte, r.End.Byte}
		switch {
		case v.known.Secret[name]:
			v.secret = append(v.secret, at)
		case v.known.IsHarmless(top, before+name):
			v.shown = append(v.shown, at)
		}
	}
	for _, inner := range b.Blocks {
		if top == "" {
			v.body(inner.Body, inner.Type, "")
			continue
		}
		v.body(inner.Body, top, before+inner.Type+".")
	}
}

func (v *values) mayBeShown(l passage) bool {
	n, _ := slices.BinarySearchFunc(v.shown, l.from, func(s span, at int) int { return cmp.Compare(s.to, at+1) })
	return l.kind != comment && n < len(v.shown) && v.shown[n].holds(l.from) && l.to <= v.shown[n].to &&
		!HoldsLogin(string(v.src[l.from:l.to]))
}

// merged joins passages that overlap, and words with only blanks between them:
// their number would describe a password with blanks in it.
func merged(src []byte, found []passage) []span {
	slices.SortFunc(found, func(a, b passage) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out []span
	word := false
	for _, l := range found {
		last := len(out) - 1
		isWord := l.kind == bareWord
		if last >= 0 && (l.from <= out[last].to || (word || isWord) && l.kind != comment && isBlank(src[out[last].to:l.from])) {
			out[last].to = max(out[last].to, l.to)
			word = word || isWord
			continue
		}
		out, word = append(out, l.span), isWord
	}
	return out
}

func isBlank(between []byte) bool { return strings.Trim(string(between), " \t") == "" }
