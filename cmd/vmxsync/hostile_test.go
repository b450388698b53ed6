package main

import (
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
)

// hostile are names that a server may list. vmxsync must neither use them nor print
// them as they are.
var hostile = []string{
	"a\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "a\rb", "a\r", "a\tb", "a\x00b", "a\x7fb", "a\u0085b", "\xc2", "new\xff", "\xff\xfe",
	"a\u202egpj.exe", "a\u2066b\u2069", "zero\u200bwidth", "\ufeffmark", "a\u2028b", "\\etc\\passwd", "C:\\Windows", "..\\..\\up",
	" lead", "trail ", "trail.", "nbsp\u00a0", "...", strings.Repeat("n", 4096), "2026-11-21-010000\x1b[2J", "Bart~2026-11-21-010000\x07",
	"Bart~2026-11-21-010000~" + strings.Repeat("0", 32) + "~del\x1b[2J",
}

// hostileLines are names that break the listing that contains them.
var hostileLines = []string{"/etc/passwd", "../../up", "a\nb", strings.Repeat("endless", 1<<14)}

func ghostsVerb(ts *testscript.TestScript, neg bool, args []string) {
	server := serverOf(ts, args[0])
	mode, names := fs.FileMode(0), hostile
	switch args[1] {
	case "dirs":
		mode = fs.ModeDir
	case "lines":
		names = hostileLines
	}
	for _, dir := range args[2:] {
		server.AlsoList(dir, mode, names...)
	}
}

func printableVerb(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := ts.ReadFile(name)
		i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) || r == utf8.RuneError })
		if i >= 0 {
			ts.Fatalf("%s holds %q", name, text[max(0, i-20):min(len(text), i+20)])
		}
	}
}
