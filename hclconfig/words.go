package hclconfig

import (
	"maps"
	"regexp"
	"strings"
)

// vocabulary is the words of the language: everything else in a file may be a
// secret.
type vocabulary struct {
	attributes map[string]bool // names of arguments, of any block
	secret     map[string]bool // those whose values are references
	labels     map[string]int  // how many labels a block has, by its type
	functions  map[string]bool
	roots      map[string]bool // of references
	words      map[string]bool // that have one meaning everywhere
	terms      map[string]bool // of HCL's own texts
	// harmless are the arguments whose values are shown, as paths by type of block.
	harmless map[string]map[string]bool
}

var indices = regexp.MustCompile(`\[\d+\]`)

// isHarmless reports whether diagnostics may show the argument at a path in a
// block: "tls.mode", "vms[1]", "pin[0].vm".
func (v vocabulary) isHarmless(block, path string) bool {
	return v.harmless[block][indices.ReplaceAllString(path, "")]
}

// holdsLogin reports whether a text may contain user and password of an address,
// as even a harmless value may: a colon, and an at sign after it.
func holdsLogin(text string) bool {
	colon := strings.IndexByte(text, ':')
	return colon >= 0 && strings.LastIndexByte(text, '@') > colon
}

// isName reports whether a text is a word of the language, which may be quoted.
func (v vocabulary) isName(text string) bool {
	_, block := v.labels[text]
	return block || v.attributes[text] || v.functions[text] || v.roots[text] || v.words[text] || v.terms[text]
}

// set is the words of a text.
func set(words string) map[string]bool {
	return maps.Collect(func(yield func(string, bool) bool) {
		for w := range strings.FieldsSeq(words) {
			if !yield(w, true) {
				return
			}
		}
	})
}
