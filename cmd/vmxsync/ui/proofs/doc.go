// Package proofs is what the command verify prints: which sets hold what their manifests
// say, and which do not.
//
//	doc := proofs.New(result, budget, unread)
//	out.Result(doc.Text())
//	text, err := doc.JSON()
//
// It prints nothing itself.
package proofs
