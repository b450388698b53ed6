package hclconfig_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
)

// evaluate gives the value of an expression by way of the host of a
// destination.
func evaluate(t *testing.T, expr string) (string, diag.Diagnostics) {
	t.Helper()
	source := strings.Replace(idle, `host = "nas"`, "host = "+expr, 1)
	spec, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", source)))
	if spec == nil {
		return "", diags
	}
	nas, _ := spec.Destination("nas")
	return nas.Settings.(*ftpSettings).Host, diags
}

func TestFunctions_pureOnes(t *testing.T) {
	for expr, want := range map[string]string{
		`lower("NAS")`:                                 "nas",
		`join("-", sort(["b", "a"]))`:                  "a-b",
		`format("%s%02d", "nas", 3)`:                   "nas03",
		`replace("a.b", ".", "-")`:                     "a-b",
		`try(jsondecode("{").x, "fallback")`:           "fallback",
		`can(regex("^a", "b")) ? "yes" : "no"`:         "no",
		`lookup({ a = "x" }, "b", "y")`:                "y",
		`"${length(setunion(["a"], ["a", "b"]))}"`:     "2",
		`upper(element(split(",", "a,b"), 1))`:         "B",
		`tostring(max(1, 3, 2))`:                       "3",
		`can(upper(env("X"))) ? "opened" : "opaque"`:   "opaque",
		`can("x${env("X")}") ? "opened" : "opaque"`:    "opaque",
		`can(jsonencode(env("X"))) ? "open" : "shut"`:  "shut",
		`env("X") == "hunter2" ? "equal" : "differs"`:  "differs",
		`env("X") == env("X") ? "same" : "different"`:  "same",
		`env("X") == env("Y") ? "same" : "different"`:  "different",
		`can(sort([file("a")])) ? "opened" : "opaque"`: "opaque",
	} {
		if got, diags := evaluate(t, expr); got != want {
			t.Errorf("%s: got %q, want %q: %s", expr, got, want, text(t, diags))
		}
	}
}

func TestFunctions_noClockNoChance(t *testing.T) {
	for _, name := range []string{"timestamp", "plantimestamp", "uuid", "bcrypt", "templatefile", "fileexists"} {
		_, diags := evaluate(t, name+"()")
		if got := text(t, diags); !strings.Contains(got, fmt.Sprintf("no function named %q", name)) {
			t.Errorf("%s: got %s, want that there is no such function", name, got)
		}
	}
}

func TestLoad_setsOfReferences(t *testing.T) {
	for _, expr := range []string{
		"toset([destination.ftp.nas, destination.ftp.nas])",
		"distinct([destination.ftp.nas, local.same])",
		"local.same == destination.ftp.nas ? [local.same] : []",
		"values({ a = local.same })",
	} {
		source := "locals { same = destination.ftp.nas }\n" + strings.Replace(idle, "[destination.ftp.nas]", expr, 1)
		spec, _, diags := hclconfig.Load(options(configuration(t, "vmxsync.hcl", source)))
		if spec == nil || len(spec.Backups[0].Copies) != 1 {
			t.Errorf("destinations = %s: want one copy: %s", expr, text(t, diags))
		}
	}
}
