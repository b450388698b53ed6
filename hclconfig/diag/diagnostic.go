package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity distinguishes errors from warnings.
type Severity string

// The severities, as a JSON document names them.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Pos is a position in a file. Line and Column count from 1, columns in
// grapheme clusters; Byte counts from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Range is a part of a file, up to but without End.
type Range struct {
	Filename string `json:"filename"`
	Start    Pos    `json:"start"`
	End      Pos    `json:"end"`
}

func (r Range) String() string {
	return fmt.Sprintf("%s:%d,%d", r.Filename, r.Start.Line, r.Start.Column)
}

// Place is a Range with the source text to show for it.
type Place struct {
	Range Range
	Block string // header of the block around it: `destination "ftp" "nas"`; or ""
	Line  string // the line of Range.Start, as it stands in the file; "" where it is not shown
	From  int    // bytes of Line before Range
	To    int    // bytes of Line up to the end of Range, or the end of Line
}

// Diagnostic is one problem of a configuration. It never holds a secret.
type Diagnostic struct {
	Severity Severity
	Summary  string // without names: "Unsupported argument"
	Detail   string // with the names
	Hint     string // the next step; or ""
	// Places are where the problem is: none if no file is at fault, two where
	// two parts of the configuration contradict each other.
	Places []Place
}

// Diagnostics are problems in the order of the files.
type Diagnostics []Diagnostic

// HasErrors reports whether there is more than warnings.
func (d Diagnostics) HasErrors() bool { return d.count(Error) > 0 }

func (d Diagnostics) count(s Severity) int {
	n := 0
	for _, x := range d {
		if x.Severity == s {
			n++
		}
	}
	return n
}

// Tidy sorts by place and removes repetitions.
func (d Diagnostics) Tidy() Diagnostics {
	slices.SortStableFunc(d, func(a, b Diagnostic) int {
		x, y := a.first(), b.first()
		return cmp.Or(
			cmp.Compare(x.Filename, y.Filename),
			cmp.Compare(x.Start.Byte, y.Start.Byte),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
	return slices.CompactFunc(d, func(a, b Diagnostic) bool {
		return a.first() == b.first() && a.Summary == b.Summary && a.Detail == b.Detail
	})
}

func (d Diagnostic) first() Range {
	if len(d.Places) == 0 {
		return Range{}
	}
	return d.Places[0].Range
}
