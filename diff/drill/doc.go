// Package drill decides which drills are due, and which set each of them takes.
//
//	s := drill.When(d, held, now)
//	if s.Due { c, err := drill.Choose(d, holdings) }
//
// It is pure: what was drilled before is given to it, and so is the time.
package drill
