package hclconfig_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/predecessor"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/hclconfig/starter"
	"github.com/vmxsync/vmxsync/state/config"
)

// written writes a draft into a new directory.
func written(t testing.TB, d starter.Draft) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range d.Files {
		p := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// converted is the configuration that an entry list becomes, loaded.
func converted(t *testing.T, src string) (*config.Spec, starter.Draft, string) {
	t.Helper()
	draft, diags := predecessor.Convert("config.py", []byte(src), "/srv/backups")
	if len(diags) > 0 {
		t.Fatalf("Convert: %s", text(t, diags))
	}
	dir := written(t, draft)
	spec, _, diags := hclconfig.Load(options(dir))
	if diags.HasErrors() {
		t.Fatalf("Load: %s\n%s", text(t, diags), mainOf(draft))
	}
	return spec, draft, dir
}

func mainOf(d starter.Draft) string { return string(d.Files[len(d.Files)-1].Content) }

func TestStarter_isValidAndCanonical(t *testing.T) {
	for _, windows := range []bool{false, true} {
		draft := starter.New(`C:\Virtual Machines\${x}`, windows)
		spec, _ := load(t, options(written(t, draft)))
		if got := format(t, mainOf(draft)); got != mainOf(draft) {
			t.Errorf("not canonical: want\n%s", got)
		}
		if got := spec.Sources[0].Settings.(*localSettings).Path; !strings.HasSuffix(got, `C:\Virtual Machines\${x}`) {
			t.Errorf("path: got %q", got)
		}
	}
}

// What begins with # and no blank is a setting, and valid too.
func TestStarter_whatItOffersIsValid(t *testing.T) {
	draft := starter.New("/srv/backups", false)
	last := &draft.Files[len(draft.Files)-1]
	offered := regexp.MustCompile(`(?m)^( *)#([^ \n])`).ReplaceAll(last.Content, []byte("$1$2"))
	if slices.Equal(offered, last.Content) {
		t.Fatal("nothing is offered")
	}
	last.Content = offered
	spec, _ := load(t, options(written(t, draft)))
	if spec.Name != "site-berlin" || len(spec.Destinations) != 2 || len(spec.Backups[0].VMs) != 2 {
		t.Errorf("got %+v", spec)
	}
}

func TestConvert_accountsBecomeDestinations(t *testing.T) {
	spec, draft, dir := converted(t, `
VmToFtp = {
    'Bart': ['nas.example.com', '2121', 'backup', 'one', '/vm-backups'],
    'Lisa': ['NAS.example.com', 2121, 'backup', 'one', '/vm-backups/'],
    'Homer': ['nas.example.com', 2121, 'homer', 'two', '/vm-backups'],
    'Marge': ['ftp.example.net', None, None, None, None],
    '*': ['nas.example.com', 2121, 'backup', 'one', 'vm-backups'],
}
`)
	var got []string
	for _, d := range spec.Destinations {
		s := d.Settings.(*ftpSettings)
		got = append(got, d.Name+" "+s.Place()+" "+filepath.ToSlash(strings.TrimPrefix(s.Password.Name, dir))+" "+s.TLS.Mode)
	}
	want := []string{
		"nas-backup ftp://backup@nas.example.com:2121/vm-backups /secrets/nas-backup.password off",
		"nas-homer ftp://homer@nas.example.com:2121/vm-backups /secrets/nas-homer.password off",
		"ftp ftp://anonymous@ftp.example.net:21/  off",
	}
	if !slices.Equal(got, want) {
		t.Errorf("destinations: got\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for vm, want := range map[string]string{"Bart": "nas-backup", "Lisa": "nas-backup", "Homer": "nas-homer", "Marge": "ftp", "Maggie": "nas-backup"} {
		if b, ok := spec.Assign("vmexplorer", vm); !ok || b.Copies[0].Destination != want {
			t.Errorf("%s goes to %+v, want %s", vm, b.Copies, want)
		}
	}
	var files []string
	for _, f := range draft.Files {
		files = append(files, f.Path)
		if strings.HasSuffix(f.Path, ".password") != f.Secret {
			t.Errorf("%s: secret %v", f.Path, f.Secret)
		}
	}
	if want := []string{"secrets/.gitignore", "secrets/nas-backup.password", "secrets/nas-homer.password", "vmxsync.hcl"}; !slices.Equal(files, want) {
		t.Errorf("files: got %v, want %v", files, want)
	}
	if policy := spec.Policies[0]; policy.KeepLast != 3 {
		t.Errorf("policy: got %+v, want the newest three", policy)
	}
	if got := format(t, mainOf(draft)); got != mainOf(draft) {
		t.Errorf("not canonical: want\n%s", got)
	}
}

// The name is as short as tells an account from the others, and names a block
// and a file on every system.
func TestConvert_namesOfAccounts(t *testing.T) {
	for _, c := range []struct {
		accounts [][3]string // host, user, folder
		want     string
	}{
		{[][3]string{{"nas.a.example", "u", "/"}}, "nas"},
		{[][3]string{{"nas.a.example", "u", "/"}, {"nas.b.example", "u", "/"}}, "nas-a-example nas-b-example"},
		{[][3]string{{"nas", "u", "/"}, {"nas", "v", "/"}}, "nas-u nas-v"},
		{[][3]string{{"nas", "u", "/a/b"}, {"nas", "u", "/"}}, "nas-a-b nas"},
		{[][3]string{{"nas", "u", "/a"}, {"nas", "U", "/a"}}, "nas-21-u-a nas-21-u-a-2"},
		{[][3]string{{"nas.x", "u", "/"}, {"nas.x", "v", "/"}, {"nas.y", "u", "/"}}, "nas-x-u nas-x-v nas-y-u"},
		{[][3]string{{"192.168.1.5", "u", "/"}, {"192.168.1.6", "u", "/"}}, "ftp-192-168-1-5 ftp-192-168-1-6"},
		{[][3]string{{"::1", "u", "/"}, {"[fe80::2]", "u", "/"}}, "ftp-1 fe80-2"},
		{[][3]string{{"con.example.com", "u", "/"}, {"COM1", "u", "/"}}, "ftp-con ftp-com1"},
		{[][3]string{{"nas", "日本", "/"}, {"nas", "中国", "/"}}, "nas-21 nas-21-2"},
		{[][3]string{{"müller.example", "u", "/"}}, "m-ller"},
		{[][3]string{{"nas-2", "u", "/"}, {"日本", "u", "/"}, {"ftp", "u", "/"}}, "nas-2 ftp ftp-2"},
		{[][3]string{{strings.Repeat("a", 63) + ".example", "u", "/"}}, strings.Repeat("a", 60)},
	} {
		var src strings.Builder
		src.WriteString("VmToFtp = {\n")
		for i, a := range c.accounts {
			src.WriteString(strings.Join([]string{"'vm", string(rune('a' + i)), "': ['", a[0], "', 21, '", a[1], "', 'p', '", a[2], "'],\n"}, ""))
		}
		spec, _, _ := converted(t, src.String()+"}\n")
		var got []string
		for _, d := range spec.Destinations {
			got = append(got, d.Name)
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%v: got %s, want %s", c.accounts, got, c.want)
		}
	}
}

// What a text of the file holds never becomes part of the language.
func TestConvert_textsStayTexts(t *testing.T) {
	const vm, user, password, root = `${file("x")} %{if} ä日本😀 [a] {b} 'q'`, `us"${er}`, `p"\${a}%{b}# `, `/a ${b}/%{c}"d`
	spec, draft, _ := converted(t, "VmToFtp = {"+python(vm)+": ['nas', 21, "+python(user)+", "+python(password)+", "+python(root)+"]}")
	if b, ok := spec.Assign("vmexplorer", vm); !ok || !spec.Literal(b, vm) {
		t.Errorf("%q is not named by %q", vm, spec.Backups[0].VMs)
	}
	s := spec.Destinations[0].Settings.(*ftpSettings)
	if s.Username != user || s.Root != root {
		t.Errorf("got user %q and root %q", s.Username, s.Root)
	}
	if got, err := (secret.Resolver{}).Resolve(t.Context(), s.Password); err != nil || got != password {
		t.Errorf("password: got %q, %v, want %q", got, err, password)
	}
	if strings.Contains(mainOf(draft), "%{b}#") || strings.Contains(strings.Join(draft.Moved, ""), "%{b}#") {
		t.Error("the password is shown")
	}
}

func TestConvert_tellsAllThatCannotBe(t *testing.T) {
	_, diags := predecessor.Convert("config.py", []byte(`VmToFtp = {
    'a': ['nas', 21, 'u', 'hunter2', '/x'],
    'b': ['nas', 21, 'u', 'hunter3', '/x'],
    'c': ['ftp://nas', 21, 'u', 'p', '/'],
    'd': ['nas:21', 21, 'u', 'p', '/'],
    'e': ['', 21, 'u', 'p', '/'],
    'f': ['nas', 21, 'u\n', 'p', '/'],
    'g': ['nas', 21, 'g', 'hunter4\n', '/'],
    'h': ['nas', 21, 'h', '\xef\xbb\xbfp', '/'],
    'i': ['nas', 21, 'i', 'p\r', '/'],
    'j': ['nas', 21, 'j', 'p', '..'],
    'k': ['nas', 21, 'k', 'p', 'C:\\backups'],
    'l/m': ['nas', 21, 'l', 'p', '/'],
    'n ': ['nas', 21, 'n', 'p', '/'],
    'o-*': ['nas', 21, 'o', 'p', '/'],
    'u:p@h': ['nas', 21, 'q', 'p', '/'],
}
`), "/srv")
	got := text(t, diags)
	for line := 3; line <= 16; line++ {
		if n := strings.Count(got, fmt.Sprintf("on config.py line %d\n", line)); n != 1 {
			t.Errorf("line %d has %d problems, want 1", line, n)
		}
	}
	if strings.Contains(got, "hunter") {
		t.Errorf("a password is shown: %s", got)
	}
	if !strings.Contains(got, "Warning: Name with a wildcard") || !strings.Contains(got, "Column 5: ") {
		t.Errorf("got %s, want the star warned of, and columns", got)
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestConvert_passwordsThatAFileGivesBack(t *testing.T) {
	for _, password := range []string{" blanks ", "quote'\"", `back\slash`, "#", "ä", "x", strings.Repeat("long", 1000)} {
		spec, _, _ := converted(t, "VmToFtp = {'v': ['nas', 21, 'u', "+python(password)+", '/']}")
		got, err := secret.Resolver{}.Resolve(t.Context(), spec.Destinations[0].Settings.(*ftpSettings).Password)
		if err != nil || got != password {
			t.Errorf("got %q, %v, want %q", got, err, password)
		}
	}
}

func TestConvert_mail(t *testing.T) {
	spec, draft, _ := converted(t, `VmToFtp = {'v': ['nas', 21, 'u', 'p', '/']}
SmtpInfo = {'from': 'a@x', 'to': 'b@x, c@x', 'smtpserver': 'mail:2525', 'subject': 'good\x00', 'subjectWithError': '${bad}'}
`)
	want := `
# SmtpInfo. The subject reports what was done; the script's subjects were
# "good\u0000" and "$${bad}".
notify "mail" "admin" {
  from = "a@x"
  to   = ["b@x", "c@x"]
  host = "mail"
  port = 2525
  tls  = "off"
}
`
	if got := mainOf(draft); !strings.HasSuffix(got, want) || len(spec.Backups) != 1 || len(spec.Notifies) != 1 {
		t.Errorf("got\n%s, want at its end\n%s", got, want)
	}
	if len(draft.Moved) != 2 || !strings.HasPrefix(draft.Moved[1], "SmtpInfo -> ") {
		t.Errorf("moved: got %q", draft.Moved)
	}
}

func TestConfigured_namesWhatIsThere(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", "", "b.vmxsync.hcl.json", "", "x.vars.hcl", "", "readme.md", "")
	got, err := confdir.Configured(dir)
	if want := []string{"b.vmxsync.hcl.json", "vmxsync.hcl", "x.vars.hcl"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := confdir.Configured(filepath.Join(dir, "none")); got != nil || err != nil {
		t.Errorf("no directory: got %v, %v", got, err)
	}
}

// Whatever the bytes, a draft without errors is a valid configuration of texts
// alone.
func FuzzConvert(f *testing.F) {
	f.Add("Bart", "nas.example.com", "u", "p", "/vm")
	f.Add("[old] ${x}*", "::1", "a\"b", "\\%{", "a/../b")
	f.Add("*", "10.0.0.1", "", "", "")
	f.Fuzz(func(t *testing.T, vm, host, user, password, folder string) {
		src := "VmToFtp = {" + python(vm) + ": [" + python(host) + ", 21, " + python(user) + ", " + python(password) + ", " + python(folder) + "]}"
		draft, diags := predecessor.Convert("config.py", []byte(src), "/srv")
		if diags.HasErrors() {
			return
		}
		spec, _, diags := hclconfig.Load(options(written(t, draft)))
		if diags.HasErrors() {
			t.Fatalf("Convert(%s): %s\n%s", src, text(t, diags), mainOf(draft))
		}
		s := spec.Destinations[0].Settings.(*ftpSettings)
		kept := ""
		if !s.Password.IsZero() {
			var err error
			if kept, err = (secret.Resolver{}).Resolve(t.Context(), s.Password); err != nil {
				t.Fatal(err)
			}
		}
		if b, ok := spec.Assign("vmexplorer", vm); kept != password || !ok || s.Host != host || len(b.VMs) != 1 {
			t.Errorf("Convert(%s): got host %q, %v and another password: %v", src, s.Host, spec.Backups, kept != password)
		}
	})
}

// python writes a text as Python does, byte by byte.
func python(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString(`\x` + string(digits[c>>4]) + string(digits[c&15]))
	}
	return "'" + b.String() + "'"
}
