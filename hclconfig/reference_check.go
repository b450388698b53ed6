package hclconfig

import (
	"fmt"
	"slices"
	"strings"
)

// declared is a sentence that lists the known names.
func declared(what string, known []string) string {
	const most = 12
	if len(known) == 0 {
		return fmt.Sprintf(" No %s is declared.", what)
	}
	sorted := slices.Sorted(slices.Values(known))
	more := ""
	if len(sorted) > most {
		sorted, more = sorted[:most], ", ..."
	}
	return " Declared: " + strings.Join(sorted, ", ") + more + "."
}

// missing returns a problem if a reference is incomplete or undeclared: given is
// what was written after the root, "" if nothing, and shown its form for messages;
// form is how such references are written.
func missing(what, form, given, shown string, known []string) *problem {
	root, _, _ := strings.Cut(form, ".")
	full := make([]string, len(known))
	for i, k := range known {
		full[i] = root + "." + k
	}
	if given == "" {
		return &problem{
			summary: "Incomplete reference",
			detail:  fmt.Sprintf("A reference to a %s is written %s.%s", what, form, declared(what, full)),
		}
	}
	if slices.Contains(known, given) {
		return nil
	}
	return &problem{
		summary: "Reference to undeclared " + what,
		detail:  fmt.Sprintf("There is no %s.%s.%s%s", root, shown, didYouMean(root+"."+given, full), declared(what, full)),
	}
}

var roots = []string{"var", "local", "source", "destination", "retention"}

func unknownRoot(root string) *problem {
	return &problem{
		summary: "Unknown name",
		detail: fmt.Sprintf("%q is not a name that can be referred to.%s References begin with %s.",
			root, didYouMean(root, roots), strings.Join(roots, ", ")),
		hint:   "if text is meant, write it in quotes; a password is never written here: see env(), file() and command()",
		quotes: true,
	}
}
