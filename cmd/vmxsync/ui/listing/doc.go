// Package listing is what the command list prints: the sets at all places, as a table or
// as a document that plan -inventory reads again.
//
//	doc := listing.New(input, listing.Options{Files: true})
//	out.Print(doc.Text(out.Style, now))
//	doc, err := listing.Read(file)
//	inventories, err := doc.Inventories(spec)
//
// The times in the names of sets have no zone: a document holds that of its machine
// (zone.go).
package listing
