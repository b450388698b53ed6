// Package event holds what happens during an apply, one type for each kind: what the
// terminal, the log and the JSON lines print.
//
//	apply.Run(ctx, plan, apply.Options{Events: func(e event.Event) { log.Info(e.Name(), e.Fields()) }})
//
// Whoever adds an event adds a type here, its name and its fields, and a case where text
// is written for it. It is pure: it knows neither the run nor who listens.
package event
