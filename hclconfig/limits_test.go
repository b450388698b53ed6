package hclconfig_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
)

// No expression takes all memory or never ends: each of these would.
func TestLoad_expressionsThatNoMemoryHolds(t *testing.T) {
	skipHeavy(t)
	doubling := func(first, next string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "a0 = %s\n", first)
		for i := range 60 {
			fmt.Fprintf(&b, "a%d = %s\n", i+1, strings.ReplaceAll(next, "A", fmt.Sprintf("local.a%d", i)))
		}
		return b.String()
	}
	for name, locals := range map[string]string{
		"setproduct":       "x = setproduct(range(1000), range(1000), range(1000), range(1000))",
		"setproduct twice": "x = setproduct(setproduct(range(1000), range(100)), setproduct(range(1000), range(100)))",
		"loops":            "x = " + strings.Repeat("[for a in [1, 2, 3, 4, 5, 6, 7, 8] : ", 11) + "1" + strings.Repeat("]", 11),
		"loops by key":     "x = " + strings.Repeat("{ for a in range(1000) : a => ", 4) + "1" + strings.Repeat("}", 4),
		"loops in a text":  "x = \"" + strings.Repeat("%{for a in [1, 2, 3, 4, 5, 6, 7, 8]}", 11) + "x" + strings.Repeat("%{endfor}", 11) + "\"",
		"text":             doubling(`"0123456789abcdef"`, `"${A}${A}"`),
		"joined":           doubling(`"0123456789abcdef"`, `join(A, [A, A])`),
		"replaced":         doubling(`"aaaaaaaaaaaaaaaa"`, `replace(A, "a", A)`),
		"formatted":        doubling(`"0123456789abcdef"`, `format("%s%s", A, A)`),
		"format, wide":     `x = format("%999999999d", 1)`,
		"indented":         `x = indent(999999999, "a\nb")`,
		"lists":            doubling("[1]", "[A, A]"),
		"lists, flat":      doubling("[1]", "flatten([A, A])"),
		"lists, joined":    doubling("[1]", "concat(A, A)"),
		"objects":          doubling("{}", "{ a = A, b = A }"),
		"JSON":             doubling(`"\\"`, "jsonencode(A)"),
		"loop over text":   doubling(`"0123456789abcdef"`, `join("", [for x in range(1000) : A])`),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", smallest+"locals {\n"+locals+"\n}\n")))
			got := text(t, diags)
			if !strings.Contains(got, "Error: Expression too large") || !strings.Contains(got, "on vmxsync.hcl line ") || strings.Contains(got, "vmxsync rounds") {
				t.Errorf("got %.500s, want that it is too large, and where", got)
			}
		})
	}
}

// The same in the default of a variable, where nothing can be referred to.
func TestLoad_defaultsThatNoMemoryHolds(t *testing.T) {
	_, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", smallest+
		"variable \"x\" {\n  default = "+strings.Repeat("[for a in [1, 2, 3, 4, 5, 6, 7, 8] : ", 11)+"1"+strings.Repeat("]", 11)+"\n}\n")))
	if got := text(t, diags); !strings.Contains(got, "Error: Expression too large") {
		t.Errorf("got %.500s, want that it is too large", got)
	}
}

func TestLoad_ordinaryExpressionsHaveRoom(t *testing.T) {
	load(t, options(configuration(t, "vmxsync.hcl", smallest+`
locals {
  vms    = [for i in range(1000) : format("vm-%04d", i)]
  byname = { for v in local.vms : v => upper(v) }
  pairs  = setproduct(range(100), range(100))
  text   = join(", ", local.vms)
  long   = replace(local.text, "vm", "VM")
  list   = "%{for v in local.vms}${v} %{endfor}"
  some   = [for p in local.pairs : p[0] if p[0] == p[1]]
}
`)))
}
