// Package ui is what a person sees: it is the only writer of the standard streams, of
// the transcript that is mailed, and of the log file.
//
//	out := ui.New(os.Stdout, os.Stderr, ui.Style{Color: true, Width: 80})
//	out.Result("Success!\n")                     // stdout; -quiet leaves it out
//	out.Warn("Clocks differ", "...", "Set it.")  // stderr, counted
//	out.Fail(err)                                // the error that ends a command
//
// Results go to stdout, everything else to stderr. An error is a summary, a detail and,
// on a line of its own, a hint: the next step. What a server or a file name contributed
// is escaped. Nothing is printed twice.
//
// Below it: events prints what happens during an apply, progress draws bars, and status,
// listing and checkup are the documents of those commands, with their tables.
//
// It opens no place and decides nothing.
package ui
