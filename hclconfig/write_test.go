package hclconfig_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
)

func diagnosticsOf(t *testing.T, source string) diag.Diagnostics {
	t.Helper()
	_, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", source)))
	if len(diags) == 0 {
		t.Fatal("Load: no diagnostics")
	}
	return diags
}

func TestWrite_frameAndUnderlineInColour(t *testing.T) {
	var b strings.Builder
	diags := diagnosticsOf(t, "locals {\n  a = var.x\n}\n")
	if err := diag.Write(&b, diags, true, 0); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[31m╷\x1b[0m\n" +
		"\x1b[31m│\x1b[0m \x1b[31mError: \x1b[0m\x1b[1mReference to undeclared variable\x1b[0m\n" +
		"\x1b[31m│\x1b[0m \n" +
		"\x1b[31m│\x1b[0m   on vmxsync.hcl line 2, in locals:\n" +
		"\x1b[31m│\x1b[0m    2:   a = \x1b[1;4mvar.x\x1b[0m\n" +
		"\x1b[31m│\x1b[0m There is no var.x. No variable is declared.\n" +
		"\x1b[31m╵\x1b[0m\n"
	if got := b.String(); got != want {
		t.Errorf("Write: got\n%q, want\n%q", got, want)
	}
}

func TestWrite_wrapsDetails(t *testing.T) {
	diags := diagnosticsOf(t, "locals {\n  aaaa = 1\n  b = local.c\n  cccccccccc = 2\n dddddddd = 4\n}\n")
	var b strings.Builder
	if err := diag.Write(&b, diags, false, 40); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if len(line) > 41 && !strings.HasPrefix(line, "Error: ") {
			t.Errorf("Write: line of %d bytes: %q", len(line), line)
		}
	}
}

func TestWrite_leavesLinesToCopyAsTheyAre(t *testing.T) {
	const line = `  pin_sha256 = ["9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15"]`
	var b strings.Builder
	diags := diag.Diagnostics{{Severity: diag.Error, Summary: "No trust", Hint: "Write this line, which is longer than the terminal is wide:\n" + line}}
	if err := diag.Write(&b, diags, false, 40); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), line+"\n") || !strings.Contains(b.String(), "which is\n") {
		t.Errorf("Write: got\n%s, want the text wrapped and the line whole", b.String())
	}
}

func TestWrite_underlinesWhatIsSeen(t *testing.T) {
	got := text(t, diagnosticsOf(t, "backup \"b\" {\n\tvms = [\"日本\", nö]\n}\n"))
	want := "   2:   vms = [\"日本\", nö]\n" +
		"                       ^^\n"
	if !strings.Contains(got, want) {
		t.Errorf("Write: got\n%s, want in it\n%s", got, want)
	}
}

func TestWrite_byteOrderMarkMovesNothing(t *testing.T) {
	got := text(t, diagnosticsOf(t, "\ufeffguard { min_loss = nope }\n"))
	if !strings.Contains(got, "guard { min_loss = nope }\n") || !strings.Contains(got, "                   ^^^^\n") {
		t.Errorf("Write: got\n%s, want nope underlined", got)
	}
}

func TestWrite_noControlCharacterPasses(t *testing.T) {
	diags := diagnosticsOf(t, "locals {\n  a = nope # \x1b[2J\u202e\u0085\x00\n}\n"+
		"variable \"v\x1b[31m\u009b\" {}\nretention \"r\" { \x1b }\n")
	var b strings.Builder
	if err := diag.Write(&b, diags, false, 80); err != nil {
		t.Fatal(err)
	}
	if err := diag.WriteJSON(&b, diags); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexAny(b.String(), "\x1b\u202e\u0085\u009b\x00\r"); i >= 0 {
		t.Errorf("output has a control character: %q", b.String()[max(0, i-20):])
	}
}

func TestWrite_cutsLongLines(t *testing.T) {
	skipHeavy(t)
	long := strings.Repeat("x", 1<<20)
	got := text(t, diagnosticsOf(t, `backup "b" { vms = ["`+long+`", nope, "`+long+`"] }`))
	if len(got) > 2000 || !strings.Contains(got, "nope") {
		t.Errorf("Write: %d bytes, want a short excerpt around nope", len(got))
	}
}

func TestWriteJSON_terraformsShape(t *testing.T) {
	var b strings.Builder
	if err := diag.WriteJSON(&b, diagnosticsOf(t, "destination \"ftp\" \"nas\" {\n  host = var.x\n}\nretention \"r\" {}\n")); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Format       string
		Valid        bool
		ErrorCount   int `json:"error_count"`
		WarningCount int `json:"warning_count"`
		Diagnostics  []struct {
			Severity, Summary, Detail, Hint string
			Range                           diag.Range
			Snippet                         struct {
				Context string
				Code    string
				Start   int `json:"start_line"`
				From    int `json:"highlight_start_offset"`
				To      int `json:"highlight_end_offset"`
			}
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Valid || doc.ErrorCount != 2 || doc.WarningCount != 0 || doc.Format != "vmxsync.diagnostics/1" {
		t.Errorf("document: got %+v, want two errors", doc)
	}
	first := doc.Diagnostics[0]
	if s := first.Snippet; s.Code[s.From:s.To] != "var.x" || s.Start != 2 || s.Context != `destination "ftp" "nas"` {
		t.Errorf("snippet: got %+v, want var.x in line 2", s)
	}
	if got, want := first.Range.Start, (diag.Pos{Line: 2, Column: 10, Byte: 35}); got != want {
		t.Errorf("range: got %+v, want %+v", got, want)
	}
	if first.Severity != "error" || doc.Diagnostics[1].Hint == "" {
		t.Errorf("diagnostics: got %+v", doc.Diagnostics)
	}
}

func TestWriteJSON_validConfiguration(t *testing.T) {
	var b strings.Builder
	if err := diag.WriteJSON(&b, nil); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, `"valid": true`) || !strings.Contains(got, `"diagnostics": []`) {
		t.Errorf("WriteJSON: got %s", got)
	}
}
