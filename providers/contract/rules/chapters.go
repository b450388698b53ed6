package rules

// Chapter is clauses about one thing.
type Chapter struct {
	Name    string
	Clauses []Clause
}

// Chapters returns the table, in the order in which to try it.
func Chapters() []Chapter {
	return []Chapter{
		{"first steps", firsts}, {"basics", basics}, {"uploads", puts}, {"listings", lists}, {"reading", opens},
		{"deletes", removes}, {"uploads that fail", failures}, {"resuming", resumes}, {"names", names}, {"paths", refusals},
		{"concurrency", together}, {"renames", renames}, {"locks", locks}, {"interrupts", cancels}, {"large folders", longs},
	}
}
