package main

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/windows"
)

// windowsVerbs are what scripts can do besides, where there is Windows.
//
//	attributes NAME+NAME FILE...  sets them: hidden, readonly, system
//	frees                         what takes has taken is free again
//	notepad FILE...               saves text as Notepad does: a byte order mark, and two bytes at the end of a line
//	takes FILE...                 opens files as a program does that shares them with nobody
//	utf16 FILE...                 saves text as PowerShell's > does
var windowsVerbs = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"attributes": attributesVerb,
	"frees":      freesVerb,
	"notepad":    notepadVerb,
	"takes":      takesVerb,
	"utf16":      utf16Verb,
}

// TestScript_windows runs what only Windows has: drives, names without case,
// files that are open elsewhere. SLASHED and ESCAPED are the folder of a script
// as HCL takes it, LOWER with a small letter of the drive; DEEP is a path of more
// letters than Windows takes from those who do not ask for it.
func TestScript_windows(t *testing.T) {
	p := params(filepath.Join("testdata", "windows"), nil, nil)
	cmds := map[string]func(*testscript.TestScript, bool, []string){}
	for _, some := range []map[string]func(*testscript.TestScript, bool, []string){verbs, windowsVerbs} {
		for name, verb := range some {
			cmds[name] = verb
		}
	}
	p.Cmds = cmds
	setup := p.Setup
	p.Setup = func(e *testscript.Env) error {
		work := filepath.ToSlash(e.WorkDir)
		e.Setenv("SLASHED", work)
		e.Setenv("ESCAPED", strings.ReplaceAll(work, "/", `\\`))
		e.Setenv("LOWER", strings.ToLower(work[:1])+work[1:])
		e.Setenv("DEEP", strings.Repeat(strings.Repeat("d", 40)+"/", 7)+"end")
		e.Values[takenKey{}] = &[]windows.Handle{}
		return setup(e)
	}
	testscript.Run(t, p)
}

type takenKey struct{}

func takesVerb(ts *testscript.TestScript, neg bool, args []string) {
	taken := ts.Value(takenKey{}).(*[]windows.Handle)
	for _, name := range args {
		path, err := windows.UTF16PtrFromString(ts.MkAbs(name))
		ts.Check(err)
		h, err := windows.CreateFile(path, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
		ts.Check(err)
		*taken = append(*taken, h)
	}
	ts.Defer(func() { ts.Check(frees(taken)) })
}

func freesVerb(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(frees(ts.Value(takenKey{}).(*[]windows.Handle)))
}

func frees(taken *[]windows.Handle) error {
	var errs []error
	for _, h := range *taken {
		errs = append(errs, windows.CloseHandle(h))
	}
	*taken = nil
	return errors.Join(errs...)
}

func attributesVerb(ts *testscript.TestScript, neg bool, args []string) {
	var set uint32
	for name := range strings.SplitSeq(args[0], "+") {
		set |= map[string]uint32{
			"hidden": windows.FILE_ATTRIBUTE_HIDDEN, "readonly": windows.FILE_ATTRIBUTE_READONLY, "system": windows.FILE_ATTRIBUTE_SYSTEM,
		}[name]
	}
	for _, name := range args[1:] {
		path, err := windows.UTF16PtrFromString(ts.MkAbs(name))
		ts.Check(err)
		ts.Check(windows.SetFileAttributes(path, set))
	}
}

func notepadVerb(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(saved(ts, name)), 0o666))
	}
}

func utf16Verb(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		var data []byte
		for _, unit := range utf16.Encode([]rune(saved(ts, name))) {
			data = binary.LittleEndian.AppendUint16(data, unit)
		}
		ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o666))
	}
}

// saved is the text of a file as an editor of Windows writes it.
func saved(ts *testscript.TestScript, name string) string {
	text := strings.ReplaceAll(strings.TrimPrefix(ts.ReadFile(name), "\ufeff"), "\r\n", "\n")
	return "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")
}
