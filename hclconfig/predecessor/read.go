package predecessor

import (
	"errors"
	"fmt"
)

// Config is the content of config.py.
type Config struct {
	Entries []Entry // in the order of the file
	Mail    *Mail   // nil without notifications
}

// reader interprets the assignments.
type reader struct {
	config   Config
	problems []Problem
}

// The names that the script looked for.
const (
	entriesName = "VmToFtp"
	mailName    = "SmtpInfo"
)

// Read reads the bytes of a config.py. What Python cannot read, or would have
// to execute, is then the only problem; otherwise all problems are reported at once.
func Read(src []byte) (Config, []Problem) {
	text, p := decode(src)
	if p != nil {
		return Config{}, []Problem{*p}
	}
	all, err := parse(text)
	if errors.As(err, &p) {
		return Config{}, []Problem{*p}
	}
	r := &reader{}
	r.assignments(all)
	return r.config, r.problems
}

func (r *reader) assignments(all []assignment) {
	first := map[string]Pos{}
	var others []string
	for _, a := range all {
		if other, twice := first[a.name]; twice {
			r.wrong(value{at: a.at}, "%s is assigned in line %d already: Python silently uses the last one.", "remove one of them", a.name, other.Line)
			continue
		}
		first[a.name] = a.at
		switch a.name {
		case entriesName:
			r.entries(a.value)
		case mailName:
			r.mail(a.value)
		default:
			others = append(others, a.name)
			r.warn(a.at, fmt.Sprintf("%s was not read by the script.", a.name)+guess(a.name, []string{entriesName, mailName}))
		}
	}
	if _, found := first[entriesName]; !found {
		r.nothing(others)
	}
}

func (r *reader) nothing(others []string) {
	meant := ""
	for _, name := range others {
		if guess(name, []string{entriesName}) != "" {
			meant = fmt.Sprintf(" Did you mean %s by %s?", entriesName, name)
		}
	}
	r.problems = append(r.problems, Problem{
		Pos: Pos{Line: 1, Column: 1}, Summary: "No entries",
		Detail: "The file does not assign " + entriesName + ", which says where the backups of each VM go." + meant,
		Hint:   "name the script's config.py",
	})
}
