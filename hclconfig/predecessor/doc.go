// Package predecessor reads config.py, the configuration of
// VMExplorerFtpBackup.py, the Python 2 script whose work vmxsync does.
//
//	config, problems := predecessor.Read(src)
//	if len(config.Entries) > 0 && !predecessor.Fatal(problems) { ... }
//
// The file is a Python module. It is read as assignments of literals (texts,
// numbers, True, False, None, lists, tuples, dicts) and is never executed:
// anything computed, called or imported is a problem with its place.
//
// Strings mean what they meant to Python 2: \u is an escape in u"..." only, and
// a byte of "..." is a byte of UTF-8.
//
// Entries hold passwords. No problem ever quotes the file, so that none is
// shown. This package reads bytes only: no disk, no HCL.
package predecessor
