package predecessor_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig/predecessor"
)

// lines are problems as "line:column: detail".
func lines(problems []predecessor.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		kind := ""
		if p.Warning {
			kind = "warning: "
		}
		fmt.Fprintf(&b, "%d:%d: %s%s\n", p.Pos.Line, p.Pos.Column, kind, p.Detail)
	}
	return b.String()
}

// read is Read for files without problems.
func read(t *testing.T, src string) predecessor.Config {
	t.Helper()
	config, problems := predecessor.Read([]byte(src))
	if len(problems) > 0 {
		t.Fatalf("Read: got\n%s, want no problem", lines(problems))
	}
	return config
}

// The data of the script as it was shipped, with the entry filled in.
const shipped = `'''
    What each VM's backups are uploaded to.
    use:
    Name : ['ftpHost', 'port', 'user', 'password', 'folder']
'''

VmToFtp = {
    'Bart' : ['localhost', '2001', 'anonymous', 'anonymous', '/' ],
    'Raoul' : ['localhost', '2001', 'anonymous', 'anonymous', '/' ],
    '*' : ['host', 'port', 'user', 'password', 'remoteFolder' ]
}

SmtpInfo = {
    'from' : 'user@domain.com',
    'to' : 'user@domain.com',
    'subject' : 'Success!',
    'subjectWithError' : 'Error!',
    'smtpserver':'localhost'
}
`

func TestRead_placeholderIsAnErrorAtItsLine(t *testing.T) {
	config, problems := predecessor.Read([]byte(shipped))
	got := lines(problems)
	if !strings.HasPrefix(got, `10:5: The entry of "*" was never filled in`) || !predecessor.Fatal(problems) {
		t.Errorf("Read: got\n%s, want an error in line 10", got)
	}
	if !strings.Contains(got, "13:12: warning: SmtpInfo has the addresses that the script came with") || config.Mail != nil {
		t.Errorf("Read: got\n%s and %+v, want the shipped SmtpInfo left out", got, config.Mail)
	}
	if len(config.Entries) != 2 {
		t.Errorf("Read: got %d entries, want the two that are filled in", len(config.Entries))
	}
}

func TestRead_everyPartOfAnEntry(t *testing.T) {
	config := read(t, `
VmToFtp = {
    u'B\xe4rt': ('nas.example.com', 2121, "back" "up", r'p\n"w', u'/vm'),
    '*': ['10.0.0.9', None, None, '', ''],
}
SmtpInfo = {'from': 'a@x', 'to': 'b@x, c@x', 'smtpserver': 'mail:2525',
            'subject': 'good', 'subjectWithError': 'bad'}
`)
	want := predecessor.Config{
		Entries: []predecessor.Entry{
			{VM: "Bärt", Pos: predecessor.Pos{Line: 3, Column: 5, Byte: 17}, Host: "nas.example.com", Port: 2121, User: "backup",
				Password: `p\n"w`, Folder: "/vm", FolderAt: predecessor.Pos{Line: 3, Column: 66, Byte: 78}},
			{VM: "*", Pos: predecessor.Pos{Line: 4, Column: 5, Byte: 91}, Host: "10.0.0.9",
				FolderAt: predecessor.Pos{Line: 4, Column: 39, Byte: 125}},
		},
		Mail: &predecessor.Mail{From: "a@x", To: []string{"b@x", "c@x"}, Server: "mail:2525", Subject: "good", SubjectWithError: "bad"},
	}
	if !reflect.DeepEqual(config, want) {
		t.Errorf("Read: got\n%+v %+v, want\n%+v %+v", config, config.Mail, want, want.Mail)
	}
}

// Texts mean what Python 2 made of them. One is written as the password.
func TestRead_texts(t *testing.T) {
	for _, c := range []struct{ written, want string }{
		{`'plain'`, "plain"},
		{`"it's"`, "it's"},
		{`'\'\"\\'`, `'"\`},
		{`'\a\b\f\n\r\t\v'`, "\a\b\f\n\r\t\v"},
		{`'\101\60\0'`, "A0\x00"},
		{`'\x41\x7e'`, "A~"},
		{`'\xc3\xa4'`, "ä"},
		{`'C:\Program\q'`, `C:\Program\q`},
		{`'\u00e4'`, `\u00e4`},
		{`u'\u00e4\U0001F600'`, "ä😀"},
		{`u'\ud83d\ude00'`, "😀"},
		{`u'\xe4\344'`, "ää"},
		{`U"\x41"`, "A"},
		{`b'bytes'`, "bytes"},
		{`r'\n\''`, `\n\'`},
		{`R"\\"`, `\\`},
		{`br'\x'`, `\x`},
		{`ur'a\d'`, `a\d`},
		{`'''a'b''c"'''`, `a'b''c"`},
		{"'''a\r\nb\rc'''", "a\nb\nc"},
		{"'''a\\\nb'''", "ab"},
		{"'a\\\nb'", "ab"},
		{`'a' "b" u'c' '''d'''`, "abcd"},
		{"'a' # one\n  'b'", "ab"},
		{"('a'\n 'b')", "ab"},
		{`'ä日本😀'`, "ä日本😀"},
		{`'${x}%{y}'`, "${x}%{y}"},
		{`''`, ""},
	} {
		config, problems := predecessor.Read([]byte("VmToFtp = {'v': ['h', 21, 'u', " + c.written + ", '/']}\n"))
		if len(problems) > 0 {
			t.Errorf("%s: got\n%s", c.written, lines(problems))
			continue
		}
		if got := config.Entries[0].Password; got != c.want {
			t.Errorf("%s: got %q, want %q", c.written, got, c.want)
		}
	}
}

func TestRead_ports(t *testing.T) {
	for written, want := range map[string]int{
		"21": 21, "'21'": 21, "' 2121 '": 2121, "None": 0, "0": 0, "'ftp'": 0, "0x15": 21, "025": 21, "0o25": 21, "0b101": 5, "21L": 21, "+21": 21, "65535": 65535,
	} {
		config := read(t, "VmToFtp = {'v': ['h', "+written+", 'u', 'p', '/']}\n")
		if got := config.Entries[0].Port; got != want {
			t.Errorf("port %s: got %d, want %d", written, got, want)
		}
	}
	for _, written := range []string{"-1", "65536", "2.1", "1e3", "True", "'port'", "''", "[21]", "-0x8000", "'21 22'"} {
		_, problems := predecessor.Read([]byte("VmToFtp = {'v': ['h', " + written + ", 'u', 'p', '/']}\n"))
		if got := lines(problems); got != "1:23: The port of \"v\" is invalid.\n" {
			t.Errorf("port %s: got\n%s", written, got)
		}
	}
}

func TestRead_layoutOfTheFile(t *testing.T) {
	for what, src := range map[string]string{
		"byte order mark":       "\ufeffVmToFtp = {'v': ['h', 21, 'u', 'p', '/']}",
		"CRLF":                  "# x\r\nVmToFtp = {\r\n  'v': ['h',\r\n 21, 'u', 'p', '/'],\r\n}\r\n",
		"old Mac":               "# x\rVmToFtp = {'v': ['h', 21, 'u', 'p', '/']}\r",
		"continued lines":       "VmToFtp = \\\n  {'v': ['h', 21, \\\r\n 'u', 'p', '/']}\n",
		"two statements a line": "x = 1; VmToFtp = {'v': ['h', 21, 'u', 'p', '/']};\n",
		"parentheses":           "VmToFtp = ({('v'): ((('h'), 21, 'u', 'p', '/',))})\n",
		"naked tuple":           "x = 'a', 'b',\nVmToFtp = {'v': ['h', 21, 'u', 'p', '/']}\n",
		"remarks as text":       "'one' 'two'\n\n\"\"\"three\n\"\"\"\nVmToFtp = {'v': ['h', 21, 'u', 'p', '/']} # end",
		"tabs and form feeds":   "\f\nVmToFtp\t=\t{'v'\t:\f['h',\t21, 'u', 'p', '/']}\n",
		"everything else":       "a = [(), [], {}, None, True, False, -1, +.5, 1.e3, 0L, (1,), {1: 2,}]\nVmToFtp = {'v': ['h', 21, 'u', 'p', '/']}\n",
	} {
		config, problems := predecessor.Read([]byte(src))
		if predecessor.Fatal(problems) || len(config.Entries) != 1 || config.Entries[0].Host != "h" {
			t.Errorf("%s: got %+v and\n%s", what, config, lines(problems))
		}
	}
}

func TestRead_encodings(t *testing.T) {
	const entry = "VmToFtp = {'B\xe4rt \xa4': ['h', 21, 'u', 'p', '/']}\n"
	for declared, want := range map[string]string{
		"# -*- coding: latin-1 -*-\n":               "Bärt ¤",
		"#!/usr/bin/python\n# coding=iso_8859_15\n": "Bärt €",
		"# vim: set fileencoding=cp1252 :\r\n":      "Bärt ¤",
	} {
		if got := read(t, declared+entry).Entries[0].VM; got != want {
			t.Errorf("%q: got %q, want %q", declared, got, want)
		}
	}
	if got := read(t, "\ufeff# coding: utf-8\nVmToFtp = {'Bärt': ['h', 21, 'u', 'p', '/']}\n").Entries[0].VM; got != "Bärt" {
		t.Errorf("UTF-8: got %q", got)
	}
	for src, want := range map[string]string{
		"\n" + entry:                         "2:14: This line is not UTF-8, and no encoding is declared.\n",
		"# coding: rot13\n" + entry:          "1:1: The encoding that is declared here is unknown.\n",
		"x = 1\n# coding: latin-1\n" + entry: "3:14: This line is not UTF-8, and no encoding is declared.\n",
		"\xff\xfeV\x00":                      "1:1: This line is not UTF-8, and no encoding is declared.\n",
	} {
		_, problems := predecessor.Read([]byte(src))
		if got := lines(problems); got != want {
			t.Errorf("%q: got %swant %s", src, got, want)
		}
	}
}

// What would have to be executed, and what is no Python, is one problem with
// its place. No file content is repeated: it may be a password.
func TestRead_refusesAllButLiterals(t *testing.T) {
	for src, want := range map[string]string{
		"import os\n":                        "1:1: This is not an assignment of a literal to a name.",
		"\n\nfrom os import environ":         "3:1: This is not an assignment of a literal to a name.",
		"def f():\n  return 1\n":             "1:1: This is not an assignment of a literal to a name.",
		"print 'hunter2'":                    "1:1: This is not an assignment of a literal to a name.",
		"x = hunter2":                        "1:5: A literal is required here, not a name.",
		"x = __import__('os').system('rm')":  "1:5: A literal is required here, not a name.",
		"x = 'a' + 'b'":                      "1:9: There is more after the end of the literal.",
		"x = 'a' % 1":                        "1:9: This character is not part of a literal.",
		"x = 'a'.upper()":                    "1:8: This character is not part of a literal.",
		"x = 'a'(1)":                         "1:8: There is more after the end of the literal.",
		"x = [1][0]":                         "1:8: There is more after the end of the literal.",
		"x = y = 1":                          "1:5: A literal is required here, not a name.",
		"x += 1":                             "1:1: This is not an assignment of a literal to a name.",
		"x == 1":                             "1:4: No literal begins with this character.",
		"x['a'] = 1":                         "1:1: This is not an assignment of a literal to a name.",
		"x, y = 1, 2":                        "1:1: This is not an assignment of a literal to a name.",
		"x: int = 1":                         "1:1: This is not an assignment of a literal to a name.",
		"[1, 2]":                             "1:1: This is not an assignment.",
		"x = {1, 2}":                         "1:7: A colon is missing between a key and its value.",
		"x = {**y}":                          "1:6: This character is not part of a literal.",
		"x = [i for i in y]":                 "1:6: A literal is required here, not a name.",
		"x = [1 for i in y]":                 "1:8: A comma is missing before this.",
		"x = (1, 2":                          "1:5: This bracket is not closed.",
		"x = [1, 2)":                         "1:10: There is more after the end of the literal.",
		"x = ]":                              "1:5: No literal begins with this character.",
		"x = [,]":                            "1:6: No literal begins with this character.",
		"x = ":                               "1:5: A literal is missing here.",
		"x = \ny = 1":                        "1:5: A literal is missing here.",
		"x = f'{y}'":                         "1:5: This string is computed from other values.",
		"x = q'a'":                           "1:5: These letters are not a valid string prefix.",
		"x = 'hunter2":                       "1:5: This string is not closed.",
		"x = 'hunter2\n'":                    "1:5: This string is not closed.",
		"x = '''hunter2''\n\n":               "1:5: This string is not closed.",
		`x = r'hunter2\'`:                    "1:5: This string is not closed.",
		`x = 'hunter2\`:                      "1:5: This string is not closed.",
		`x = 'a\x4'`:                         "1:7: This is not a valid escape sequence.",
		`x = u'a\u12g4'`:                     "1:8: This is not a valid escape sequence.",
		`x = u'\U00110000'`:                  "1:7: This is not a valid escape sequence.",
		`x = u'\ud83d'`:                      "1:7: This escape sequence is half a character.",
		`x = u'\ud83d\x41'`:                  "1:7: This escape sequence is half a character.",
		`x = u'\N{BULLET}'`:                  "1:7: Characters by name are not supported.",
		`x = ur'\u00e4'`:                     `1:8: Python 2 reads \u as an escape here, Python 3 does not.`,
		`x = '\xe4'`:                         "1:5: The bytes of this string are not UTF-8.",
		"x = 10a":                            "1:5: A number is followed by letters.",
		"x = 192.168.1.1":                    "1:12: There is more after the end of the literal.",
		"x = 09":                             "1:5: This number is too large, or has invalid digits.",
		"x = 99999999999":                    "1:5: This number is too large, or has invalid digits.",
		"x = -'a'":                           "1:5: A sign must be followed by a number.",
		"x = 1j":                             "1:5: A number is followed by letters.",
		"  x = 1":                            "1:3: This line is indented.",
		"x = 1\n\ty = 1":                     "2:2: This line is indented.",
		"x = `1`":                            "1:5: This character is not part of a literal.",
		"x = $":                              "1:5: This character is not part of a literal.",
		"x\x00 = 1":                          "1:2: This character is not part of a literal.",
		"x = \x00":                           "1:5: This character is not part of a literal.",
		"ä = 1":                              "1:1: This character is not part of a literal.",
		"x = 1 y = 2":                        "1:7: There is more after the end of the literal.",
		"x = " + strings.Repeat("[", 51):     "1:55: More than 50 brackets are open.",
		"x = " + strings.Repeat("(", 100000): "1:55: More than 50 brackets are open.",
		"#" + strings.Repeat("x", 1<<20):     "1:1: The file is larger than 1024 KiB.",
	} {
		_, problems := predecessor.Read([]byte(src))
		got := lines(problems)
		if got != want+"\n" && !strings.HasPrefix(got, want+" ") {
			t.Errorf("%.60q: got %swant %s", src, got, want)
		}
		if strings.Contains(got+fmt.Sprint(problems), "hunter2") {
			t.Errorf("%.60q: a text of the file is repeated: %s", src, got)
		}
	}
}

func TestRead_tellsAllThatIsWrongWithEntriesAtOnce(t *testing.T) {
	_, problems := predecessor.Read([]byte(`VMToFtp = 1
VmToFtp = {
    'a': ['h', 21, 'u', 'p'],
    'b': {'host': 'h'},
    1: [],
    'c': [1, 21, 2, 3, 4],
    'd': ['h', 21, 'u', 'p', '/'],
    'd': ['h', 21, 'u', 'p', '/'],
    'e': ['host', 'port', 'user', 'password', '/vm'],
    '*': None,
}
VmToFtp = {}
SmtpInfo = {'fron': 'a', 'to': 1, 'subject': 'a\nb', 2: 3}
`))
	want := `1:1: warning: VMToFtp was not read by the script. Did you mean "VmToFtp"?
3:10: The entry of "a" has 4 parts, and must have 5.
4:10: The entry of "b" is a dict, and must be a list.
5:5: The name of a VM is a number, and must be a string.
6:11: The host of "c" is a number, and must be a string.
6:18: The user of "c" is a number, and must be a string.
6:21: The password of "c" is a number, and must be a string.
6:24: The folder of "c" is a number, and must be a string.
8:5: "d" has an entry in line 7 already: Python silently uses the last one.
9:5: The entry of "e" was never filled in: it has the values that the script came with.
12:1: VmToFtp is assigned in line 2 already: Python silently uses the last one.
13:13: warning: SmtpInfo has a key that the script did not read. Did you mean "from"?
13:32: "to" of SmtpInfo is a number, and must be a string.
13:46: "subject" of SmtpInfo has a line end, and no mail could be sent with it.
13:54: warning: SmtpInfo has a key that the script did not read.
13:12: SmtpInfo lacks "from".
13:12: SmtpInfo lacks "smtpserver".
`
	if got := lines(problems); got != want {
		t.Errorf("Read: got\n%s, want\n%s", got, want)
	}
}

func TestRead_namesWhatIsMissing(t *testing.T) {
	for src, want := range map[string]string{
		"":                                "1:1: The file does not assign VmToFtp, which says where the backups of each VM go.\n",
		"vmtoftp = {}":                    `Did you mean VmToFtp by vmtoftp?`,
		"VmToFtp = {}":                    "1:11: VmToFtp has no entries.\n",
		"VmToFtp = 'a'":                   "1:11: VmToFtp is a string, and must be a dict.\n",
		"VmToFtp = ['a']":                 "1:11: VmToFtp is a list, and must be a dict.\n",
		"VmToFtp = {'a':1}\nSmtpInfo = 1": "2:12: SmtpInfo is a number, and must be a dict.\n",
	} {
		_, problems := predecessor.Read([]byte(src))
		if got := lines(problems); !strings.Contains(got, want) || !predecessor.Fatal(problems) {
			t.Errorf("%q: got\n%swant %s", src, got, want)
		}
	}
}

// Whatever the bytes, there is a result or a problem within the file.
func FuzzRead(f *testing.F) {
	f.Add([]byte(shipped))
	f.Add([]byte("VmToFtp = {u'B\\xe4rt': ('h', 21, \"a\" 'b', r'p\\n', None)}\r\nx = -0x1L, 1.5e3\n"))
	f.Add([]byte("# coding: latin-1\nVmToFtp = {'\xe4': []} ; y = '''\\u\\N\\777'''"))
	f.Add([]byte("\ufeffx = \\\n((([{1: ''}])))"))
	f.Fuzz(func(t *testing.T, src []byte) {
		config, problems := predecessor.Read(src)
		if len(config.Entries) == 0 && len(problems) == 0 && !strings.Contains(string(src), "None") {
			t.Error("Read: neither an entry nor a problem")
		}
		last := 1 + strings.Count(string(src), "\n") + strings.Count(string(src), "\r")
		for _, p := range problems {
			if p.Pos.Line < 1 || p.Pos.Line > last || p.Pos.Column < 1 || p.Detail == "" || p.Summary == "" {
				t.Errorf("Read: got %+v in a file of %d lines", p, last)
			}
		}
	})
}
