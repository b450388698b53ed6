package eval

import (
	"fmt"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
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
func missing(what, form, given, shown string, known []string) *problem.Problem {
	root, _, _ := strings.Cut(form, ".")
	full := make([]string, len(known))
	for i, k := range known {
		full[i] = root + "." + k
	}
	if given == "" {
		return &problem.Problem{
			Summary: "Incomplete reference",
			Detail:  fmt.Sprintf("A reference to a %s is written %s.%s", what, form, declared(what, full)),
		}
	}
	if slices.Contains(known, given) {
		return nil
	}
	return &problem.Problem{
		Summary: "Reference to undeclared " + what,
		Detail:  fmt.Sprintf("There is no %s.%s.%s%s", root, shown, problem.DidYouMean(root+"."+given, full), declared(what, full)),
	}
}

// Roots are the first names of references.
var Roots = []string{"var", "local", "source", "destination", "retention"}

func unknownRoot(root string) *problem.Problem {
	return &problem.Problem{
		Summary: "Unknown name",
		Detail: fmt.Sprintf("%q is not a name that can be referred to.%s References begin with %s.",
			root, problem.DidYouMean(root, Roots), strings.Join(Roots, ", ")),
		Hint:   "if text is meant, write it in quotes; a password is never written here: see env(), file() and command()",
		Quotes: true,
	}
}
