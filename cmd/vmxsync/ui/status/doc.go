// Package status is what the command status prints: of each VM at each destination, how
// it stands.
//
//	doc := status.New(input, plan, noPlan, missing, standings)
//	out.Print(doc.Text(out.Style))   // a table
//	answer := doc.Plugin()           // one line and an exit code, for a monitor
//
// To add a fact about a VM, add a row to conditions.go; the table, JSON and the plugin
// follow it.
package status
