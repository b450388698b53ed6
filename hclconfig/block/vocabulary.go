package block

import (
	"reflect"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/hclconfig/variable"
	"github.com/vmxsync/vmxsync/providers"
)

// NewVocabulary is the words of the language with these types of places.
func NewVocabulary(drivers []providers.Driver) redact.Vocabulary {
	v := redact.Vocabulary{
		Attributes: map[string]bool{}, Secret: map[string]bool{},
		Labels:    map[string]int{"dynamic": 1, "validation": 0},
		Functions: redact.Set(funcs.Terraform + " " + typeConstructors),
		Roots:     redact.Set(strings.Join(eval.Roots, " ") + " each"),
		Words:     redact.Set(words),
		Terms:     redact.Set("heredoc"),
		Harmless:  map[string]map[string]bool{},
	}
	for _, k := range Kinds {
		v.Labels[k.Type], v.Harmless[k.Type] = len(k.Labels), redact.Set(k.Harmless)
		for _, name := range k.Later {
			v.Attributes[name] = true
		}
		for _, body := range k.Bodies {
			learn(v, reflect.TypeOf(body))
		}
	}
	for _, d := range drivers {
		learn(v, reflect.TypeOf(d.New()).Elem())
	}
	for _, a := range variable.Schema.Attributes {
		v.Attributes[a.Name] = true
	}
	for _, a := range variable.ValidationSchema.Attributes {
		v.Attributes[a.Name] = true
	}
	for name, f := range funcs.All("") {
		v.Functions[name] = true
		for _, p := range f.Params() {
			v.Terms[p.Name] = true
		}
		if p := f.VarParam(); p != nil {
			v.Terms[p.Name] = true
		}
	}
	return v
}

// learn adds the names of a struct and of the blocks in it.
func learn(v redact.Vocabulary, t reflect.Type) {
	for _, f := range decode.Fields(reflect.New(t).Elem(), "") {
		if !f.IsBlock {
			v.Attributes[f.Name] = true
			v.Secret[f.Name] = v.Secret[f.Name] || f.IsSecret()
			continue
		}
		v.Labels[f.Name] = 0
		learn(v, f.Value.Type().Elem()) // of a pointer, or of a slice
	}
}

// words are those of HCL itself, and the roots of references in terraform, which
// people write out of habit.
const words = `true false null for in if else endif endfor
	path self count terraform module data resource provider output locals variable
	any string number bool`

const typeConstructors = "list map set object tuple optional"
