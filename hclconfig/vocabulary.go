package hclconfig

import (
	"reflect"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/providers"
)

// bodies are the structs of the blocks that belong to no driver.
func bodies() []any {
	return []any{
		&vmxsyncBlock{}, &sourceBlock{}, &destinationBlock{}, &retentionBlock{}, &backupBlock{}, &guardBlock{}, &hookBlock{},
		&mailBlock{}, &webhookBlock{}, &healthchecksBlock{}, &metricsBlock{}, &logBlock{},
	}
}

func newVocabulary(drivers []providers.Driver) vocabulary {
	v := vocabulary{
		attributes: map[string]bool{}, secret: map[string]bool{},
		labels:    map[string]int{"dynamic": 1, "validation": 0},
		functions: set(terraformFunctions + " " + typeConstructors),
		roots:     set(strings.Join(roots, " ") + " each"),
		words:     set(words),
		terms:     set("heredoc"),
		harmless:  harmless,
	}
	for _, b := range rootSchema.Blocks {
		v.labels[b.Type] = len(b.LabelNames)
	}
	for _, a := range variableSchema.Attributes {
		v.attributes[a.Name] = true
	}
	for _, a := range validationSchema.Attributes {
		v.attributes[a.Name] = true
	}
	for _, names := range later {
		for _, name := range names {
			v.attributes[name] = true
		}
	}
	for name, f := range functions("", &limits.Spending{}) {
		v.functions[name] = true
		for _, p := range f.Params() {
			v.terms[p.Name] = true
		}
		if p := f.VarParam(); p != nil {
			v.terms[p.Name] = true
		}
	}
	targets := bodies()
	for _, d := range drivers {
		targets = append(targets, d.New())
	}
	for _, t := range targets {
		learn(v, reflect.TypeOf(t).Elem())
	}
	return v
}

// learn adds the names of a struct and of the blocks in it.
func learn(v vocabulary, t reflect.Type) {
	for _, f := range fieldsOf(reflect.New(t).Elem(), "") {
		if !f.isBlock {
			v.attributes[f.name] = true
			v.secret[f.name] = v.secret[f.name] || f.isSecret()
			continue
		}
		v.labels[f.name] = 0
		learn(v, f.value.Type().Elem()) // of a pointer, or of a slice
	}
}

// words are those of HCL itself, and the roots of references in terraform, which
// people write out of habit.
const words = `true false null for in if else endif endfor
	path self count terraform module data resource provider output locals variable
	any string number bool`

const typeConstructors = "list map set object tuple optional"

// terraformFunctions are those of terraform that are missing here. Messages name
// the one that was written.
const terraformFunctions = `abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt
	cidrhost cidrnetmask cidrsubnet cidrsubnets dirname endswith fileexists fileset filebase64 filemd5 filesha256 issensitive
	matchkeys md5 nonsensitive one pathexpand plantimestamp provider rsadecrypt sensitive sha1 sha256 sha512 startswith strcontains sum
	templatefile templatestring textdecodebase64 textencodebase64 timecmp timestamp transpose type urlencode uuid uuidv5 yamldecode yamlencode`
