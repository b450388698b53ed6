package hclconfig_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/state/config"
)

const idle = `
variable "keep" {
  type    = number
  default = 1
}
retention "r" { keep_last = var.keep }
source "local" "s" { path = "/src" }
destination "ftp" "nas" {
  host = "nas"
}
backup "b" {
  source       = source.local.s
  destinations = [destination.ftp.nas]
  retention    = retention.r
}
`

func TestLoad_variablesFromLowestToHighest(t *testing.T) {
	more := configuration(t, "more.hcl", "keep = 6")
	vars := []string{"vmxsync.vars.hcl", "keep = 3", "a.auto.vars.hcl", "keep = 4", "b.auto.vars.hcl", "keep = 5"}
	tests := []struct {
		name  string
		files []string
		env   string
		args  []hclconfig.VarArg
		want  int
	}{
		{name: "default", want: 1},
		{name: "environment", env: "2", want: 2},
		{name: "vars file over environment", env: "2", files: vars[:2], want: 3},
		{name: "auto files over vars file", env: "2", files: vars[:4], want: 4},
		{name: "auto files by name", env: "2", files: vars, want: 5},
		{name: "arguments over files", files: vars, args: []hclconfig.VarArg{{File: filepath.Join(more, "more.hcl")}}, want: 6},
		{name: "arguments in order", args: []hclconfig.VarArg{{File: filepath.Join(more, "more.hcl")}, {Assignment: "keep=7"}}, want: 7},
		{name: "file after assignment", args: []hclconfig.VarArg{{Assignment: "keep=7"}, {File: filepath.Join(more, "more.hcl")}}, want: 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := options(configuration(t, append([]string{"vmxsync.hcl", idle}, tt.files...)...))
			opts.Vars = tt.args
			if tt.env != "" {
				opts.Env = env("VMXSYNC_VAR_keep", tt.env, "VMXSYNC_VAR_undeclared", "x")
			}
			spec, _ := load(t, opts)
			if got := spec.Policies[0].KeepLast; got != tt.want {
				t.Errorf("keep_last: got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestLoad_variableFilesAreListed(t *testing.T) {
	spec, _ := load(t, options(configuration(t, "vmxsync.hcl", idle, "vmxsync.vars.hcl", "keep = 3")))
	var got []string
	for _, f := range spec.Files {
		got = append(got, filepath.Base(f.Path))
	}
	if want := "vmxsync.hcl vmxsync.vars.hcl"; strings.Join(got, " ") != want {
		t.Errorf("Files: got %v, want %s", got, want)
	}
}

func TestLoad_typedVariablesFromText(t *testing.T) {
	opts := options(configuration(t, "vmxsync.hcl", idle+`
variable "vms" {
  type = list(object({ name = string, keep = optional(number, 7) }))
}
variable "text" {}
variable "flag" { type = bool }
`))
	opts.Env = env("VMXSYNC_VAR_vms", `[{ name = "a" }]`, "VMXSYNC_VAR_text", `["as it is"]`)
	opts.Vars = []hclconfig.VarArg{{Assignment: "flag=true"}}
	spec, _ := load(t, opts)
	want := map[string]config.Variable{
		"keep": {JSON: []byte("1")},
		"vms":  {JSON: []byte(`[{"keep":7,"name":"a"}]`), FromEnv: true},
		"text": {JSON: []byte(`"[\"as it is\"]"`), FromEnv: true},
		"flag": {JSON: []byte("true")},
	}
	for _, got := range spec.Variables {
		if w := want[got.Name]; string(got.JSON) != string(w.JSON) || got.FromEnv != w.FromEnv {
			t.Errorf("variable %s: got %s, %v; want %s, %v", got.Name, got.JSON, got.FromEnv, w.JSON, w.FromEnv)
		}
	}
}

func TestLoad_sensitiveVariableStaysAReference(t *testing.T) {
	opts := options(configuration(t, "vmxsync.hcl", strings.Replace(idle, `host = "nas"`, "host = \"nas\"\n password = var.pass", 1)+`
variable "pass" {
  type      = string
  sensitive = true
  validation {
    condition     = length(split("", var.pass)) >= 4
    error_message = "too short"
  }
}
`))
	opts.Env = env("VMXSYNC_VAR_pass", "hunter2")
	spec, secrets := load(t, opts)
	nas, _ := spec.Destination("nas")
	r := nas.Settings.(*ftpSettings).Password
	if r.String() != "var.pass" {
		t.Errorf("password: got %v, want var.pass", r)
	}
	if got, err := secrets.Resolve(t.Context(), r); got != "hunter2" || err != nil {
		t.Errorf("Resolve: got %q, %v; want the value of the variable", got, err)
	}
	for _, v := range spec.Variables {
		if v.Name == "pass" && (!v.Sensitive || v.JSON != nil || !v.FromEnv) {
			t.Errorf("Variables: got %+v; want sensitive, without a value, from the environment", v)
		}
	}
}

func TestLoad_nullSensitiveVariableIsNoSecret(t *testing.T) {
	spec, _ := load(t, options(configuration(t, "vmxsync.hcl", strings.Replace(idle, `host = "nas"`, "host = \"nas\"\n password = var.pass", 1)+`
variable "pass" {
  sensitive = true
  default   = null
}
`)))
	nas, _ := spec.Destination("nas")
	if r := nas.Settings.(*ftpSettings).Password; !r.IsZero() {
		t.Errorf("password: got %v, want none", r)
	}
}

func TestApplyTimeVariables_needsNoConfiguration(t *testing.T) {
	dir := configuration(t, "secrets.hcl", "b = \"from file\"\nnot_in_the_plan = 1\n")
	got, diags := hclconfig.ApplyTimeVariables([]string{"a", "b", "c"},
		[]hclconfig.VarArg{{File: filepath.Join(dir, "secrets.hcl")}, {Assignment: "c=x=y"}},
		env("VMXSYNC_VAR_a", "from env", "VMXSYNC_VAR_b", "lower"))
	if len(diags) > 0 {
		t.Fatalf("ApplyTimeVariables: %s", text(t, diags))
	}
	want := map[string]string{"a": "from env", "b": "from file", "c": "x=y"}
	for name, w := range want {
		if got[name] != w {
			t.Errorf("%s: got %q, want %q", name, got[name], w)
		}
	}
}

func TestApplyTimeVariables_namesWhatIsMissing(t *testing.T) {
	_, diags := hclconfig.ApplyTimeVariables([]string{"pass", "other"}, []hclconfig.VarArg{{Assignment: "typo=hunter2"}}, nil)
	got := text(t, diags)
	for _, want := range []string{`variable "pass"`, `variable "other"`, "VMXSYNC_VAR_pass", `value to "typo"`} {
		if !strings.Contains(got, want) {
			t.Errorf("diagnostics: got %s, want %s in it", got, want)
		}
	}
	if strings.Contains(got, "hunter2") {
		t.Errorf("a secret is printed: %s", got)
	}
}
