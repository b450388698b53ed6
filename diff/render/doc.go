// Package render turns a diff.Plan into something a person reads.
//
// NewView computes once what is to be shown: words, sums, the order of lines.
// Text, Concise, Summary, Markdown and HTML print it. They decide nothing, and
// compute no difference that the plan does not hold.
//
// Unified is for two texts, of which it shows the lines that differ.
//
// Everything that a server or a file name contributed passes
// providers.Escape before it is printed: no control character of theirs reaches a terminal.
package render
