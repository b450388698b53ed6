package hclconfig_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// canary stands where somebody has put a password, wherever that is.
const canary = "hunter2-Zx9"

// nests are configurations with the canary where no diagnostic may show it.
var nests = map[string]string{
	"unknown pass":        "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  pass = \"hunter2-Zx9\"\n}\n",
	"unknown pwd":         "destination \"ftp\" \"nas\" {\n  pwd = \"hunter2-Zx9\"\n}\n",
	"capitals":            "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  PASSWORD = \"hunter2-Zx9\"\n}\n",
	"token":               "notify \"webhook\" \"x\" {\n  url = \"https://example.com\"\n  token = \"hunter2-Zx9\"\n}\n",
	"credentials":         "destination \"ftp\" \"nas\" {\n  credentials = { user = \"a\", password = \"hunter2-Zx9\" }\n}\n",
	"block":               "destination \"ftp\" \"nas\" {\n  login {\n    password = \"hunter2-Zx9\"\n  }\n}\n",
	"known":               "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  password = \"hunter2-Zx9\"\n}\n",
	"known in brackets":   "destination \"ftp\" \"nas\" {\n  password = (\n    \"hunter2-Zx9\"\n  )\n}\n",
	"bare":                "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  password = hunter2-Zx9\n}\n",
	"bare and odd":        "destination \"ftp\" \"nas\" {\n  password = $p@ss!hunter2-Zx9&%\n}\n",
	"bare call":           "destination \"ftp\" \"nas\" {\n  pass = hunter2-Zx9(a)\n}\n",
	"bare with blanks":    "destination \"ftp\" \"nas\" {\n  pass = my hunter2-Zx9 word\n}\n",
	"single quotes":       "destination \"ftp\" \"nas\" {\n  password = 'hunter2-Zx9'\n}\n",
	"curly quotes":        "destination \"ftp\" \"nas\" {\n  password = “hunter2-Zx9”\n}\n",
	"back quotes":         "destination \"ftp\" \"nas\" {\n  password = `hunter2-Zx9`\n}\n",
	"no equals sign":      "destination \"ftp\" \"nas\" {\n  password \"hunter2-Zx9\"\n}\n",
	"no equals sign, top": "password \"hunter2-Zx9\"\n",
	"no equals, bare":     "destination \"ftp\" \"nas\" {\n  password hunter2-Zx9\n}\n",
	"colon":               "destination \"ftp\" \"nas\" {\n  password: \"hunter2-Zx9\"\n}\n",
	"colon, bare":         "password: hunter2-Zx9\n",
	"arrow":               "destination \"ftp\" \"nas\" {\n  password => \"hunter2-Zx9\"\n}\n",
	"compared":            "destination \"ftp\" \"nas\" {\n  password == \"hunter2-Zx9\"\n}\n",
	"JSON":                "{\"destination\": {\"ftp\": {\"nas\": {\"password\": \"hunter2-Zx9\"}}}}\n",
	"JSON, lines":         "{\n  \"password\": \"hunter2-Zx9\",\n  \"host\": \"nas\"\n}\n",
	"one line":            "destination \"ftp\" \"nas\" { password = \"hunter2-Zx9\" }\n",
	"one line, two":       "destination \"ftp\" \"nas\" { host = \"nas\", pass = \"hunter2-Zx9\" }\n",
	"sum":                 "destination \"ftp\" \"nas\" {\n  password = \"hunter2-Zx9\" + 1\n}\n",
	"interpolated":        "destination \"ftp\" \"nas\" {\n  password = \"x${upper(\"hunter2-Zx9\")}y\"\n}\n",
	"interpolated, bare":  "destination \"ftp\" \"nas\" {\n  password = \"x${hunter2-Zx9}y\"\n}\n",
	"control word":        "destination \"ftp\" \"nas\" {\n  password = \"x%{hunter2-Zx9}y\"\n}\n",
	"local":               "locals {\n  nas_password = \"hunter2-Zx9\"\n  port = tonumber(local.nas_password)\n}\n",
	"local, wrong place":  "locals {\n  a = \"hunter2-Zx9\"\n}\nretention \"r\" {\n  keep_within = local.a\n  max_size_per_vm = local.a\n  keep_last = local.a\n}\nsource \"local\" \"s\" {\n  path = \"/\"\n  layout = local.a\n  timezone = local.a\n  settle = local.a\n  on_empty = local.a\n  ignore = [\"[${local.a}\"]\n}\n",
	"local, parts":        "locals {\n  a = \"hunter2-Zx9 b\"\n}\ndestination \"ftp\" \"n\" {\n  host = \"n\"\n  transfer {\n    rate_limit = local.a\n  }\n}\nnotify \"mail\" \"m\" {\n  from = local.a\n  to = [local.a]\n  host = \"${local.a}:1\"\n  tls = local.a\n  on = local.a\n  subject = \"{{${local.a}}}\"\n}\n",
	"local, key":          "locals {\n  a = { \"hunter2-Zx9\" = 1 }\n  b = local.a.hunter\n  c = local.a[\"hunter2-Zx9\"][\"x\"]\n}\n",
	"local, twice":        "locals { a = \"hunter2-Zx9\" }\nlocals { a = \"hunter2-Zx9\" }\n",
	"local by key":        "locals {\n  a = local[\"hunter2-Zx9\"]\n  b = var[\"hunter2-Zx9\"]\n  c = source.local[\"hunter2-Zx9\"]\n}\n",
	"default":             "variable \"p\" {\n  default = \"hunter2-Zx9\"\n  type = number\n}\n",
	"default, map":        "variable \"p\" {\n  default = { a = \"hunter2-Zx9\", \"hunter2-Zx9\" = 1 }\n  type = map(number)\n}\n",
	"default, sensitive":  "variable \"p\" {\n  sensitive = true\n  default = \"hunter2-Zx9\\q\"\n}\n",
	"default, misspelt":   "variable \"p\" {\n  sensitive = true\n  defualt = \"hunter2-Zx9\"\n}\n",
	"default, call":       "variable \"p\" {\n  default = upper(\"hunter2-Zx9\")\n}\n",
	"type":                "variable \"p\" {\n  default = tostring(hunter2-Zx9)\n  description = \"hunter2-Zx9\" 3\n}\n",
	"condition":           "variable \"p\" {\n  default = 1\n  validation {\n    condition = var.p == tonumber(\"hunter2-Zx9\")\n    error_message = \"no\"\n  }\n}\n",
	"proxy":               "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  proxy = \"socks5://u:hunter2-Zx9@h\"\n}\n",
	"proxy, odd":          "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  proxy = \"socks5:/u:hunter2-Zx9@h\"\n}\n",
	"host":                "destination \"ftp\" \"nas\" {\n  host = \"ftp://u:hunter2-Zx9@h\\t\"\n}\n",
	"root":                "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  root = \"u:hunter2-Zx9@h/root\" 1\n}\n",
	"url":                 "notify \"webhook\" \"x\" {\n  url = \"https//example.com/hunter2-Zx9\"\n}\n",
	"ping":                "notify \"healthchecks\" \"x\" {\n  ping_url = [\"https://example.com/hunter2-Zx9\"]\n}\n",
	"headers":             "notify \"webhook\" \"x\" {\n  url = \"https://example.com\"\n  headers = {\n    X-Token = \"hunter2-Zx9\",\n    Authorization = \"Bearer hunter2-Zx9\"\n  }\n}\n",
	"headers, key":        "notify \"webhook\" \"x\" {\n  url = \"https://example.com\"\n  headers = { \"hunter2-Zx9 x\" = \"a\" }\n}\n",
	"body":                "notify \"webhook\" \"x\" {\n  url = \"https://example.com\"\n  body = \"{{hunter2}} {{.hunter2-Zx9}}\"\n}\n",
	"env":                 "hook \"h\" {\n  on = \"before_apply\"\n  command = [\"a\"]\n  env = { PASSWORD = \"hunter2-Zx9\", VMXSYNC_X = \"hunter2-Zx9\", \"=hunter2-Zx9\" = 1 }\n}\n",
	"command":             "hook \"h\" {\n  on = \"never\"\n  command = \"curl -u a:hunter2-Zx9\"\n}\n",
	"heredoc":             "notify \"webhook\" \"x\" {\n  url = \"https://example.com\"\n  body = <<-EOT\n    {\"token\": \"hunter2-Zx9\"}\n    token = hunter2-Zx9\n    {{if}}\n  EOT\n}\n",
	"heredoc, key":        "locals {\n  key = <<key\n    hunter2-Zx9=\n  key\n  x = \n}\n",
	"comment":             "# password: hunter2-Zx9\ndestination \"ftp\" \"nas\" {\n  hots = \"x\" # password: hunter2-Zx9\n  /* hunter2-Zx9 */ pots = \"x\" // hunter2-Zx9\n}\n",
	"comment, long":       "/* password\n hunter2-Zx9 = x\n*/ destination \"ftp\" \"nas\" {\n",
	"function":            "locals {\n  a = tonumber(\"hunter2-Zx9\")\n  b = parseint(\"hunter2-Zx9\", 10)\n  c = timeadd(\"hunter2-Zx9\", \"1h\")\n  d = formatdate(\"hunter2-Zx9\", \"2026-01-01T00:00:00Z\")\n  e = regex(\"(hunter2-Zx9\", \"a\")\n  f = jsondecode(\"hunter2-Zx9\")\n  g = csvdecode(\"hunter2-Zx9,hunter2-Zx9\\n1,2\")\n  h = format(\"%hunter2-Zx9\", 1)\n  i = lookup({}, \"hunter2-Zx9\")\n  j = index([1], \"hunter2-Zx9\")\n  k = tobool(\"hunter2-Zx9\")\n  l = element([1], \"hunter2-Zx9\")\n  m = { for x in [1, 2] : \"hunter2-Zx9\" => x }\n  n = try(tonumber(\"hunter2-Zx9\"))\n  o = zipmap([\"hunter2-Zx9\"], [])\n  p = regexall(\"[hunter2-Zx9\", \"a\")\n  q = replace(\"a\", \"/(hunter2-Zx9/\", \"a\")\n  r = merge(\"hunter2-Zx9\", 1)\n  s = range(\"hunter2-Zx9\")\n  t = upper(\"a\", \"hunter2-Zx9\")\n}\n",
	"reference":           "destination \"ftp\" \"nas\" {\n  host = \"nas\"\n  password = env(\"hunter2-Zx9\", 1)\n  username = file(\"hunter2-Zx9\")\n}\n",
	"unknown block":       "secret \"hunter2-Zx9\" {\n  x = 1\n}\nlog \"hunter2-Zx9\" {\n}\nnotify \"mail\" \"a\" \"hunter2-Zx9\" {\n}\n",
	"private key":         "locals {\n  key = \"-----BEGIN KEY-----\nhunter2-Zx9=\n-----END KEY-----\"\n}\n",
	"private key, padded": "locals {\n  key = \"-----BEGIN KEY-----\nhunter2-Zx9 ==\n-----END KEY-----\"\n}\n",
	"for":                 "locals {\n  a = [for x in [\"hunter2-Zx9\"] : tonumber(x)]\n  b = [for x in hunter2-Zx9 : x]\n}\n",
	"for, lines":          "locals {\n  b = [for x in\n    hunter2-Zx9 : x]\n}\n",
	"conditional":         "locals {\n  a = true ? \"hunter2-Zx9\" : [1]\n  b = \"hunter2-Zx9\" ? 1 : 2\n}\n",
	"version":             "vmxsync {\n  required_version = \">= 0.1\" \"hunter2-Zx9\"\n}\n",
}

// breaks are put into a nest, or taken out of it.
var breaks = []string{"", "\"", "{", "}", "[", ")", "\n", "\\", "${", "%{", "<<EOT\n", "/*", "# ", "=", " x ", "\x00", "\u00a0", "'"}

// No output shows a secret, whatever is wrong with the file: the whole nest, and
// at each of its places one of the ways to break it.
func TestCanary_isNeverShown(t *testing.T) {
	for name, nest := range nests {
		t.Run(name, func(t *testing.T) {
			silent(t, nest)
			step := 1
			if providertest.Thin() {
				step = 11
			}
			for i := 0; i < len(nest); i += step {
				broken(t, nest, i, i)
			}
		})
	}
}

// broken reads a nest that is cut, or has another text at a place, in front of
// what is there or instead of its first byte.
func broken(t *testing.T, nest string, at, way int) {
	if i := strings.LastIndex(nest[:min(len(nest), at+len(canary)-1)], canary); i >= 0 && at > i && at < i+len(canary) {
		return // it would be another text
	}
	text := breaks[way%len(breaks)]
	switch {
	case text == "=" && strings.HasSuffix(strings.TrimRight(nest[:at], " \""), canary):
		return // a name is shown
	case way%7 == 0:
		silent(t, nest[:at])
	default:
		silent(t, nest[:at]+text+nest[min(len(nest), at+way%2):])
	}
}

// silent reads a file as the commands do, and looks into all that they print.
func silent(t *testing.T, src string) {
	t.Helper()
	opts := options(configuration(t, "vmxsync.hcl", src))
	opts.Salvaged = new(hclconfig.Salvage)
	_, _, diags := hclconfig.Load(opts)
	for _, line := range formatter.Lines("vmxsync.hcl", []byte(src)) {
		if strings.Contains(line, canary) {
			t.Fatalf("fmt -diff shows the secret of\n%s\n%s", src, line)
		}
	}
	var b strings.Builder
	b.WriteString(text(t, diags))
	if err := diag.WriteJSON(&b, diags); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%+v", diags)
	if strings.Contains(b.String(), canary) || strings.Contains(strings.ToLower(b.String()), strings.ToLower(canary)) {
		t.Fatalf("diagnostics show the secret of\n%s\n%s", src, b.String())
	}
}
