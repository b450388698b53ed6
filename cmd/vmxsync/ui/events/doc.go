// Package events prints what happens during an apply.
//
//	printer := events.New(out, transfers)   // lines with bars, or JSON
//	events.Log(out, e)                      // to the log file; warns of some
//	printer.Event(e)
//	printer.End(events.Ending{Err: err})
//
// JSON and the log print the name and the fields of every event; only the lines for
// people choose.
package events
