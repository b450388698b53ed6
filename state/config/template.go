package config

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// Template is a text/template of what is sent. Its names are those of
// TemplateNames, in braces: {{.summary}}; {{json .text}} is a JSON string.
type Template string

// TemplateNames are what a template can name, with an example of each.
func TemplateNames() map[string]any {
	return map[string]any{
		"event": "failure", "result": "failure", "exit_code": 3, "host": "backup1", "name": "site", "run_id": "", "plan_id": "",
		"added": 1, "changed": 0, "destroyed": 0, "failed": 2, "seconds": 724.1,
		"summary": "1 uploaded, 2 failed", // one line
		"text":    "...\n",                // as in a mail
		"report":  "{}",                   // the whole report as JSON
	}
}

// maxFilled is the most bytes that a template may become.
const maxFilled = 16 << 20

var errTooLong = errors.New("it becomes too long")

// Fill puts the values in. They have the names of TemplateNames.
func (t Template) Fill(values map[string]any) (string, error) {
	spent := &spending{}
	parsed, err := t.parse(spent)
	if err != nil {
		return "", err
	}
	if err := spent.countSteps(parsed); err != nil {
		return "", err
	}
	var b bounded
	err = parsed.Execute(&b, values)
	switch {
	case errors.Is(err, errTooManySteps):
		return "", errTooManySteps
	case errors.Is(err, errTooLong):
		return "", errTooLong
	}
	return b.text.String(), atLine(err)
}

func (t Template) parse(spent *spending) (*template.Template, error) {
	parsed, err := template.New(unnamed).Option("missingkey=error").Funcs(spent.functions()).Parse(string(t))
	return parsed, atLine(err)
}

// unnamed is the name of every template.
const unnamed = "it"

// atLine takes the name that a template does not have out of its errors.
func atLine(err error) error {
	if err == nil {
		return nil
	}
	text := strings.Replace(err.Error(), "template: "+unnamed+":", "line ", 1)
	return errors.New(strings.Replace(text, fmt.Sprintf("executing %q at ", unnamed), "", 1))
}

// check returns what is wrong, or "". It fills nothing in: a template can take for
// ever, and may come from anywhere.
func (t Template) check() string {
	if len(t) > maxNotifyText {
		return fmt.Sprintf("%d bytes, at most %d are possible", len(t), maxNotifyText)
	}
	if _, err := t.parse(&spending{}); err != nil {
		return err.Error()
	}
	return ""
}

// bounded is a Builder that takes no more than maxFilled.
type bounded struct{ text strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > maxFilled {
		return 0, errTooLong
	}
	return b.text.Write(p)
}
