// Package progress shows how far an apply has come: Transfers follows its events, and
// Bars draws what it knows on a terminal.
//
//	transfers := progress.NewTransfers(time.Now)
//	bars := progress.NewBars(out, os.Stdout, transfers)
//	transfers.Event(e)
//	bars.Event(e)
//
// A rate is a mean in which older bytes count less and less (pace.go).
package progress
