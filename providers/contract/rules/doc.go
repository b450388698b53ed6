// Package rules is the table of the contract: a file per chapter, with its clauses and how
// each is tried. Order and needs of the rules are those of package contract.
//
//	{"remove-file", "a file can be deleted, and nothing else is deleted with it", advice, removeFile}
//
//	func removeFile(ctx context.Context, t *trial.Trial) {
//		t.Write(ctx, "dir/a", "one")
//		t.Must(t.Remove(ctx, "dir/a"))
//		t.Gone(ctx, "dir/a")
//	}
//
// A clause relies only on what the clauses before it have shown. It never calls the store
// outside the folder of its trial.
package rules
