// Package checkup is what the command check prints: the rules of the contract at one
// destination, which hold and which do not.
//
//	report := checkup.New(destination, facts)
//	p := checkup.Printer{UI: out}
//	p.Head(report)
//	p.Rule(report, report.Add(rule, seen))   // of each rule
//	p.End(report)
//	p.Verdict(report)
package checkup
