// Package drills is what the command drill prints: which drills were due, which were held, and
// what became of them.
//
//	doc := drills.New()
//	doc.Add(drills.NotDue(d, schedule))
//	out.Result(doc.Drills[0].Text())
//	text, err := doc.JSON()
//
// It prints nothing itself.
package drills
