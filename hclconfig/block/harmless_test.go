package block

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/sftp"
)

// schemas are the arguments of each kind of block, with what they take.
func schemas() map[string][]any {
	out := map[string][]any{}
	for _, k := range Kinds {
		out[k.Type] = k.Bodies
	}
	out["source"] = append(out["source"], local.Settings{})
	out["destination"] = append(out["destination"], local.Settings{}, *ftp.NewSettings(), *sftp.NewSettings())
	return out
}

func paths(out map[string]decode.Field, t reflect.Type, before string) {
	for _, f := range decode.Fields(reflect.New(t).Elem(), before) {
		if f.IsBlock {
			paths(out, f.Value.Type().Elem(), f.Path+".")
			continue
		}
		out[f.Path] = f
	}
}

// What is shown is an argument that exists, and takes no secret.
func TestHarmless_isInTheSchema(t *testing.T) {
	for _, k := range Kinds {
		block, names := k.Type, redact.Set(k.Harmless)
		if block == "variable" { // its arguments are read without a struct
			continue
		}
		there := map[string]decode.Field{}
		for _, s := range schemas()[block] {
			paths(there, reflect.TypeOf(s), "")
		}
		for name := range names {
			f, ok := there[name]
			if !ok {
				t.Errorf("%s has no argument %q", block, name)
				continue
			}
			if f.IsSecret() {
				t.Errorf("%s: %q takes a secret", block, name)
			}
		}
	}
}

// newSettings has an argument that nobody has thought about yet.
type newSettings struct {
	Brand string `hcl:"brand_new,optional"`
	Host  string `hcl:"host,optional"`
}

func (*newSettings) Place() string              { return "" }
func (*newSettings) Check() []providers.Problem { return nil }

// A new argument is hidden as long as nobody calls it harmless.
func TestHarmless_newArgumentsAreHidden(t *testing.T) {
	drivers := []providers.Driver{{Type: "new", New: func() providers.Settings { return &newSettings{} }}}
	src := []byte("destination \"new\" \"n\" {\n  brand_new = \"hunter2\"\n  host = \"n\"\n}\n")
	file, diags := hclsyntax.ParseConfig(src, "a", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	shown := redact.New(src, file.Body.(*hclsyntax.Body), NewVocabulary(drivers))
	for offset, want := range map[int]string{25: "  brand_new = (not shown)", 50: `  host = "n"`} {
		if got := shown.Line(offset).Text; got != want {
			t.Errorf("line at %d: got %q, want %q", offset, got, want)
		}
	}
}

// An argument of a driver that looks like a path of this machine says which it is.
func TestPaths_areMarked(t *testing.T) {
	marked := 0
	for _, s := range []any{&local.Settings{}, ftp.NewSettings()} {
		there := map[string]decode.Field{}
		paths(there, reflect.TypeOf(s).Elem(), "")
		for path, f := range there {
			looks := f.Name == "path" || strings.HasSuffix(f.Name, "_file") || strings.HasSuffix(f.Name, "_cert") || strings.HasSuffix(f.Name, "_key")
			if looks != (f.Local == decode.FilePath || f.Local == decode.RootPath) {
				t.Errorf("%T: %s is marked as %q", s, path, f.Local)
			}
			if f.Local != "" {
				marked++
			}
		}
	}
	if marked != 4 {
		t.Errorf("%d arguments are marked, want 4", marked)
	}
}
