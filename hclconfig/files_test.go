package hclconfig_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
)

func TestLoad_unreadableFilesAreErrors(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"it is not UTF-8":         func(p string) error { return os.WriteFile(p, []byte("locals { a = \"\xff\" }"), 0o600) },
		"it is larger than 8 MiB": func(p string) error { return os.WriteFile(p, bytes.Repeat([]byte(" "), 8<<20+1), 0o600) },
		"it is a directory":       func(p string) error { return os.Mkdir(p, 0o700) },
		"no such file":            func(p string) error { return os.Symlink("nowhere", p) },
		"it is no regular file":   func(p string) error { return os.Symlink(os.DevNull, p) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p := filepath.Join(dir, "vmxsync.hcl")
			if err := prepare(p); err != nil {
				t.Skip(err)
			}
			if _, err := os.Lstat(p); err != nil { // wine makes no links, and says that it did
				t.Skip(err)
			}
			_, _, diags := hclconfig.Load(options(dir))
			if got := text(t, diags); !diags.HasErrors() || !strings.Contains(got, "vmxsync.hcl: "+name) {
				t.Errorf("Load: got %s, want %s", got, name)
			}
		})
	}
}

func TestLoad_missingDirectoryAndVarFile(t *testing.T) {
	opts := options(filepath.Join(t.TempDir(), "none"))
	if _, _, diags := hclconfig.Load(opts); !diags.HasErrors() {
		t.Error("Load: no error for a missing directory")
	}
	opts = options(configuration(t, "vmxsync.hcl", idle))
	opts.Vars = []hclconfig.VarArg{{File: "no-such.hcl"}, {Assignment: "no equals sign"}}
	_, _, diags := hclconfig.Load(opts)
	if got := text(t, diags); len(diags) != 2 || !strings.Contains(got, "no-such.hcl") || !strings.Contains(got, "-var 'name=value'") {
		t.Errorf("Load: got %s, want two errors", got)
	}
}

// Without a limit, each of these ends the process from some 300,000 levels on:
// a stack that is full cannot be recovered from.
func TestLoad_deepFilesAreErrors(t *testing.T) {
	skipHeavy(t)
	const n = 1 << 14
	for name, value := range map[string]string{
		"parentheses": strings.Repeat("(", n),
		"brackets":    strings.Repeat("[", n) + strings.Repeat("]", n),
		"objects":     strings.Repeat("{a=", n),
		"not":         strings.Repeat("!", n) + "true",
		"minus":       strings.Repeat("- ", n) + "1",
		"sum":         "1" + strings.Repeat("+1", n),
		"sum lines":   "(1" + strings.Repeat("\n+1", n) + ")",
		"condition":   strings.Repeat("true ? 1 : ", n) + "1",
		"splat":       "local.a" + strings.Repeat("[*]", n),
		"templates":   strings.Repeat(`"${`, n),
		"directives":  `"` + strings.Repeat(`%{if true}`, n) + `"`,
		"calls":       strings.Repeat("upper(", n),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", "locals {\n  a = "+value+"\n}\n")))
			if got := text(t, diags); !strings.Contains(got, "Expression too complex") {
				t.Errorf("Load: got %.300s, want an error about the expression", got)
			}
		})
	}
	t.Run("blocks", func(t *testing.T) {
		_, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", strings.Repeat("a {\n", n))))
		if !diags.HasErrors() {
			t.Error("Load: no error")
		}
	})
	t.Run("variable", func(t *testing.T) {
		opts := options(configuration(t, "vmxsync.hcl", idle+`variable "v" { type = list(string) }`))
		opts.Vars = []hclconfig.VarArg{{Assignment: "v=" + strings.Repeat("[", n)}}
		if _, _, diags := hclconfig.Load(opts); !diags.HasErrors() {
			t.Error("Load: no error")
		}
	})
}

// The deepest file that is accepted, to prove that the limits are low enough.
func TestLoad_worstAcceptedNesting(t *testing.T) {
	value := strings.Repeat("[0, "+strings.Repeat("!", 900)+"(", 30) + "1" + strings.Repeat(")]", 30)
	_, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", "locals {\n  a = "+value+"\n}\n")))
	if got := text(t, diags); strings.Contains(got, "Expression too complex") {
		t.Fatalf("Load: refused: %.300s", got)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(smallest))
	f.Add([]byte(smallest + larger))
	f.Add([]byte(idle))
	fixtures, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range fixtures {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, name := range []string{"vmxsync.hcl", "vmxsync.vars.hcl"} {
			if err := os.WriteFile(filepath.Join(dir, name), src, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		spec, _, diags := hclconfig.Load(options(dir))
		if (spec == nil) != diags.HasErrors() {
			t.Errorf("Load: got spec %v with %s", spec, text(t, diags))
		}
		text(t, diags)
	})
}
