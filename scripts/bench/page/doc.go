// Package page keeps a report in a section of a page.
//
//	p, err := page.Parse("docs/performance.md#quick")
//	err = p.Check() // before hours of measurements
//	err = p.Write(report)
package page
