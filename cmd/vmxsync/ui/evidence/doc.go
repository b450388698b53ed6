// Package evidence is what the command report prints: by VM and destination the last backup,
// the last proof, the last drill, and what is overdue.
//
//	doc := evidence.New(report, evidence.About{Name: name, Host: host, At: now, Unread: errs})
//	out.Print(doc.Text(style))
//	doc.HTML(w)
//
// It prints nothing itself, and decides nothing: see diff/evidence.
package evidence
