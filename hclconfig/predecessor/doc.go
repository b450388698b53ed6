// Package predecessor converts config.py, the configuration of
// VMExplorerFtpBackup.py, the Python 2 script whose work vmxsync does.
//
//	draft, diags := predecessor.Convert("config.py", src, "/srv/vm-backups")
//	if diags.HasErrors() { ... }
//
// Read takes the file as assignments of literals (texts, numbers, True, False, None,
// lists, tuples, dicts) and never executes it: anything computed, called or imported is
// a problem with its place. Strings mean what they meant to Python 2: \u is an escape
// in u"..." only, and a byte of "..." is a byte of UTF-8. Convert makes destinations
// and backups of the entries, as the text of a configuration.
//
// Entries hold passwords. No problem ever quotes the file, so that none is shown.
// Bytes come in and text goes out: no disk, and nothing else knows this package.
package predecessor
