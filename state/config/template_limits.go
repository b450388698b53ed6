package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"
)

// A template is a program, and text/template ends none: one may range over
// 9223372036854775807, call itself twice as often each time, or double a text in
// each line. What it may spend is far more than any message takes.
const (
	maxSteps = 20_000   // rounds of range, and calls of templates
	maxMade  = 64 << 20 // bytes of all that its functions return
)

var errTooManySteps = fmt.Errorf("it takes more than %d rounds of range and template", maxSteps)

// spending is what a template has spent.
type spending struct{ steps, made int }

// stepFunction has a name that no template can write by accident.
const stepFunction = "vmxsync_step"

// functions are those of text/template that make texts, within the limits, and
// json.
func (s *spending) functions() template.FuncMap {
	return template.FuncMap{
		stepFunction: s.step,
		"json":       func(v any) (string, error) { return s.text(6, []any{v}, quoteJSON) },
		"html":       func(a ...any) (string, error) { return s.text(6, a, plainly(template.HTMLEscaper)) },
		"js":         func(a ...any) (string, error) { return s.text(6, a, plainly(template.JSEscaper)) },
		"urlquery":   func(a ...any) (string, error) { return s.text(6, a, plainly(template.URLQueryEscaper)) },
		"print":      func(a ...any) (string, error) { return s.text(1, a, plainly(fmt.Sprint)) },
		"println":    func(a ...any) (string, error) { return s.text(1, a, plainly(fmt.Sprintln)) },
		"printf":     s.printf,
	}
}

func plainly(f func(...any) string) func(...any) (string, error) {
	return func(a ...any) (string, error) { return f(a...), nil }
}

func quoteJSON(a ...any) (string, error) {
	data, err := json.Marshal(a[0])
	return string(data), err
}

// text calls a function that makes of each byte at most growth, if there is room
// for that.
func (s *spending) text(growth int, args []any, f func(...any) (string, error)) (string, error) {
	size := len(args)
	for _, a := range args {
		size += growth * sizeOf(a)
	}
	return s.within(size, func() (string, error) { return f(args...) })
}

func (s *spending) within(size int, f func() (string, error)) (string, error) {
	if size > maxMade-s.made {
		return "", errTooLong
	}
	text, err := f()
	s.made += len(text)
	return text, err
}

// sizeOf is how long a value is as text, at least.
func sizeOf(v any) int {
	if v := reflect.ValueOf(v); v.Kind() == reflect.String {
		return v.Len()
	}
	return len(fmt.Sprint(v))
}

// wide are verbs with a width or precision, of which fmt takes up to 1e6, and
// those that choose their argument, which may come again and again.
var wide = regexp.MustCompile(`%[^a-zA-Z%]*[0-9*]`)

func (s *spending) printf(format string, args ...any) (string, error) {
	const widest = 2_000_000 // of width and precision
	each := 0
	for _, a := range args {
		each = max(each, 4*sizeOf(a)) // as %q may write it
	}
	size := len(format) + strings.Count(format, "%")*each + len(wide.FindAllString(format, -1))*widest
	return s.within(size, func() (string, error) { return fmt.Sprintf(format, args...), nil })
}

func (s *spending) step() (string, error) {
	if s.steps++; s.steps > maxSteps {
		return "", errTooManySteps
	}
	return "", nil
}

// countSteps lets each round of a range and each call of a template count.
func (s *spending) countSteps(t *template.Template) error {
	counter, err := template.New("").Funcs(s.functions()).Parse("{{" + stepFunction + "}}")
	if err != nil {
		return err
	}
	node := counter.Root.Nodes[0]
	for _, one := range t.Templates() {
		if one.Tree == nil || one.Root == nil {
			continue
		}
		countIn(one.Root, node)
		prepend(one.Root, node)
	}
	return nil
}

// countIn walks the parts of a template that hold lists.
func countIn(list *parse.ListNode, counter parse.Node) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		var branch *parse.BranchNode
		switch n := n.(type) {
		case *parse.RangeNode:
			branch = &n.BranchNode
			countIn(branch.List, counter)
			prepend(branch.List, counter)
			countIn(branch.ElseList, counter)
			continue
		case *parse.IfNode:
			branch = &n.BranchNode
		case *parse.WithNode:
			branch = &n.BranchNode
		default:
			continue
		}
		countIn(branch.List, counter)
		countIn(branch.ElseList, counter)
	}
}

func prepend(list *parse.ListNode, n parse.Node) {
	list.Nodes = append([]parse.Node{n.Copy()}, list.Nodes...)
}
