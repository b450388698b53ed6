// Package decide finds out what a plan does with each set of a group: it is the second of
// the three passes that make a plan. It asks retention, and then lets flags, min_keep, the
// room for uploads and what holds the group back have their say.
//
// Each Decision has one Disposition. Conditions x flags -> dispositions is a table, which is
// the test of this package.
//
//	g := decide.Decide(observed)
//	for _, d := range g.Decisions { fmt.Println(d.Key, d.Disposition, d.Reasons) }
//
// It is pure, and makes no changes and steps of a plan: package diff puts them in order.
package decide
