package predecessor

import "slices"

// Pos is a place in the file. Line and Column count from 1, columns in
// characters; Byte counts from 0.
type Pos struct {
	Line   int
	Column int
	Byte   int
}

// Problem is what is wrong at a place of the file.
type Problem struct {
	Pos     Pos
	Summary string // without names
	Detail  string // never holds a text of the file, but names of VMs
	Hint    string // the next step; or ""
	Warning bool   // the rest can be used without it
}

func (p *Problem) Error() string { return p.Detail }

// Fatal reports whether there is more than warnings.
func Fatal(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

// notLiteral is the problem of an expression that would have to be executed.
func notLiteral(at Pos, detail, hint string) *Problem {
	return &Problem{Pos: at, Summary: "Not a literal", Detail: detail, Hint: hint}
}

// broken is the problem of a file that Python would not read either.
func broken(at Pos, detail, hint string) *Problem {
	return &Problem{Pos: at, Summary: "Not readable as Python", Detail: detail, Hint: hint}
}
