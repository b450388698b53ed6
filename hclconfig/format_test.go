package hclconfig_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/confdir"
)

var formatter = hclconfig.Formatter{Drivers: drivers}

func format(t testing.TB, src string) string {
	t.Helper()
	out, diags := formatter.Format("vmxsync.hcl", []byte(src))
	if diags.HasErrors() {
		t.Fatalf("Format(%q): %s", src, text(t, diags))
	}
	return string(out)
}

const untidy = `# remark
backup "x"   {
source=source.local.a
      destinations = [ destination.ftp.nas,
  destination.ftp.b ]   # which
  vms   =["a","b"]

tls   {
 mode="off"
}
note = <<EOT
  kept   as it is
EOT
}
`

const tidy = `# remark
backup "x" {
  source = source.local.a
  destinations = [destination.ftp.nas,
  destination.ftp.b] # which
  vms = ["a", "b"]

  tls {
    mode = "off"
  }
  note = <<EOT
  kept   as it is
EOT
}
`

func TestFormat_canonical(t *testing.T) {
	if got := format(t, untidy); got != tidy {
		t.Errorf("Format: got\n%s, want\n%s", got, tidy)
	}
}

func TestFormat_keepsLineEndsAndMark(t *testing.T) {
	windows := strings.NewReplacer("\n", "\r\n")
	if got, want := format(t, windows.Replace(untidy)), windows.Replace(tidy); got != want {
		t.Errorf("CRLF: got %q, want %q", got, want)
	}
	if got, want := format(t, "\ufeff"+untidy), "\ufeff"+tidy; got != want {
		t.Errorf("byte order mark: got %q, want %q", got, want)
	}
	if got, want := format(t, "a   = 1\r\nbb = 2\n"), "a  = 1\r\nbb = 2\n"; got != want {
		t.Errorf("mixed: got %q, want %q", got, want)
	}
	if got, want := format(t, "a   = 1"), "a = 1"; got != want {
		t.Errorf("no line end: got %q, want %q", got, want)
	}
}

func TestFormat_whatDoesNotParse(t *testing.T) {
	for name, src := range map[string]string{
		"vmxsync.hcl": "a = \n", "x.vmxsync.hcl": "a {", "vmxsync.vars.hcl": "secret = \"hunter2", "b.auto.vars.hcl": "\xff",
	} {
		out, diags := formatter.Format(name, []byte(src))
		if out != nil || !diags.HasErrors() {
			t.Errorf("%s: got %q, want an error", name, out)
		}
		if got := text(t, diags); !strings.Contains(got, name) || strings.Contains(got, "hunter2") {
			t.Errorf("%s: got %s, want its name and no value", name, got)
		}
	}
	_, diags := formatter.Format("vmxsync.hcl", []byte("destination \"ftp\" \"a\" {\n  password = \"hunter2\n}\n"))
	if got := text(t, diags); !diags.HasErrors() || strings.Contains(got, "hunter2") {
		t.Errorf("got %s, want an error that hides the password", got)
	}
	if _, diags := formatter.Format("vmxsync.hcl", []byte("a = "+strings.Repeat("[", 10000))); !diags.HasErrors() {
		t.Error("deep nesting: no error")
	}
}

func TestIsFormatted(t *testing.T) {
	for name, want := range map[string]bool{
		"vmxsync.hcl": true, "a.vmxsync.hcl": true, "vmxsync.vars.hcl": true, "a.auto.vars.hcl": true, "site.vars.hcl": true,
		"main.hcl": false, "a.vmxsync.hcl.json": false, "vmxsync.hcl.txt": false, "vmxsync.hclx": false,
	} {
		if got := confdir.IsFormatted(name); got != want {
			t.Errorf("IsFormatted(%q): got %v", name, got)
		}
	}
}

func TestLines_valuesThatMayBeSecret(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"vmxsync.hcl", "destination \"ftp\" \"nas\" {\r\n  password = \"hunter2\"\r\n}\r\n", "destination \"ftp\" \"nas\" {|  password = (not shown)|}"},
		{"vmxsync.hcl", "destination \"ftp\" \"nas\" {\n  host = \"nas\" # hunter2\n  pass = \"hunter2\"\n}\n", "destination \"ftp\" \"nas\" {|  host = \"nas\" # (not shown)|  pass = (not shown)|}"},
		{"vmxsync.hcl", "host = \"hunter2\n", "host = (not shown)"},
		{"vmxsync.hcl", "host = \"\xff\"\n", "(not shown)"},
		{"vmxsync.vars.hcl", "  host  = \"nas\"\n", "  host  = (not shown)"},
		{"a.auto.vars.hcl", "a = [\n  \"more\",\n\n]", "a = (not shown)|(not shown)||(not shown)"},
	} {
		if got := strings.Join(formatter.Lines(c.name, []byte(c.src)), "|"); got != c.want {
			t.Errorf("Lines(%s, %q): got %q, want %q", c.name, c.src, got, c.want)
		}
	}
}

// What is formatted once is not changed again, and has as many lines as before.
func TestFormat_isIdempotent(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		checkFormat(t, []byte(body(r, 3)))
	})
}

// body draws attributes and blocks with blanks in odd places.
func body(r *rapid.T, depth int) string {
	var b strings.Builder
	for range rapid.IntRange(0, 4).Draw(r, "items") {
		gap := blank(r)
		switch rapid.IntRange(0, 5).Draw(r, "item") {
		case 0:
			b.WriteString(gap + rapid.SampledFrom([]string{"", "# c", "//  d", "/* e\n  f */", "/* g */ h=1"}).Draw(r, "remark"))
		case 1:
			if depth > 0 {
				b.WriteString(gap + "block" + gap + ` "l"` + gap + "{\n" + body(r, depth-1) + blank(r) + "}")
			}
		default:
			name := rapid.SampledFrom([]string{"a", "bb", "longer_name"}).Draw(r, "name")
			b.WriteString(gap + name + gap + "=" + blank(r) + expression(r, depth) + blank(r) +
				rapid.SampledFrom([]string{"", "", "# why"}).Draw(r, "remark"))
		}
		b.WriteString(rapid.SampledFrom([]string{"\n", "\n\n", "\r\n", " \t\n"}).Draw(r, "end"))
	}
	return b.String()
}

func blank(r *rapid.T) string {
	return rapid.SampledFrom([]string{"", " ", "  ", "\t", "      "}).Draw(r, "blank")
}

func expression(r *rapid.T, depth int) string {
	kinds := 6
	if depth <= 0 {
		kinds = 1
	}
	gap, next := blank(r), func() string { return expression(r, depth-1) }
	switch rapid.IntRange(0, kinds).Draw(r, "expression") {
	case 2:
		return "[" + gap + next() + gap + "," + rapid.SampledFrom([]string{"", "\n", " # c\n"}).Draw(r, "break") + gap + next() + gap + "]"
	case 3:
		return "{" + gap + "k" + gap + "=" + gap + next() + rapid.SampledFrom([]string{"", ",", "\n", "\n  \n"}).Draw(r, "break") + "}"
	case 4:
		return rapid.SampledFrom([]string{"!", "-", "(", "f("}).Draw(r, "open") + gap + "(" + next() + ")" + gap
	case 5:
		return next() + gap + rapid.SampledFrom([]string{"+", "-", "==", "&&", "? 1 :", "%"}).Draw(r, "operator") + gap + next()
	case 6:
		return rapid.SampledFrom([]string{"<<E\n  t ${ a }\n\n E\n", "<<-E\n   t\n  E\n", "[for a  in b : a\n if  c]"}).Draw(r, "long")
	}
	return rapid.SampledFrom([]string{"1", "true", `"x ${ a }y"`, "a . b", "a[ 1 ]", "a[*].b", `"%{ if a }b%{endif}"`, `"é"`}).Draw(r, "leaf")
}

func checkFormat(t testing.TB, src []byte) {
	t.Helper()
	out, diags := formatter.Format("vmxsync.hcl", src)
	if diags.HasErrors() {
		return
	}
	again, diags := formatter.Format("vmxsync.hcl", out)
	if diags.HasErrors() || string(again) != string(out) {
		t.Fatalf("Format(%q): got\n%q, and of that\n%q %s", src, out, again, text(t, diags))
	}
	if a, b := strings.Count(string(src), "\n"), strings.Count(string(out), "\n"); a != b {
		t.Fatalf("Format(%q): got %q: %d lines became %d", src, out, a, b)
	}
}

func FuzzFormat(f *testing.F) {
	f.Add([]byte(untidy))
	f.Add([]byte("\ufeff" + strings.ReplaceAll(untidy, "\n", "\r\n")))
	f.Add([]byte(smallest + larger))
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
	f.Fuzz(func(t *testing.T, src []byte) { checkFormat(t, src) })
}
