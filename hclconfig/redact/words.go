package redact

import (
	"maps"
	"regexp"
	"strings"
)

// Vocabulary is the words of the language: everything else in a file may be a
// secret.
type Vocabulary struct {
	Attributes map[string]bool // names of arguments, of any block
	Secret     map[string]bool // those whose values are references
	Labels     map[string]int  // how many labels a block has, by its type
	Functions  map[string]bool
	Roots      map[string]bool // of references
	Words      map[string]bool // that have one meaning everywhere
	Terms      map[string]bool // of HCL's own texts
	// Harmless are the arguments whose values are shown, as paths by type of block.
	Harmless map[string]map[string]bool
}

var indices = regexp.MustCompile(`\[\d+\]`)

// IsHarmless reports whether diagnostics may show the argument at a path in a
// block: "tls.mode", "vms[1]", "pin[0].vm".
func (v Vocabulary) IsHarmless(block, path string) bool {
	return v.Harmless[block][indices.ReplaceAllString(path, "")]
}

// HoldsLogin reports whether a text may contain user and password of an address,
// as even a harmless value may: a colon, and an at sign after it.
func HoldsLogin(text string) bool {
	colon := strings.IndexByte(text, ':')
	return colon >= 0 && strings.LastIndexByte(text, '@') > colon
}

// isName reports whether a text is a word of the language, which may be quoted.
func (v Vocabulary) isName(text string) bool {
	_, block := v.Labels[text]
	return block || v.Attributes[text] || v.Functions[text] || v.Roots[text] || v.Words[text] || v.Terms[text]
}

// Set is the words of a text.
func Set(words string) map[string]bool {
	return maps.Collect(func(yield func(string, bool) bool) {
		for w := range strings.FieldsSeq(words) {
			if !yield(w, true) {
				return
			}
		}
	})
}
