package main

import (
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
)

func TestNormalizeArgs(t *testing.T) {
	app := testApp()
	for _, c := range []struct{ in, want []string }{
		{[]string{"apply", "plan.out", "-json"}, []string{"apply", "-json", "--", "plan.out"}},
		{[]string{"plan", "-no-color", "-out", "x", "--chdir", "d"}, []string{"-no-color", "--chdir", "d", "plan", "-out", "x"}},
		{[]string{"-chdir=d", "plan", "-var", "a=b", "-var=c=d,e"}, []string{"-chdir=d", "plan", "-var", "a=b", "-var=c=d,e"}},
		{[]string{"show", "--", "-json"}, []string{"show", "--", "-json"}},
		{[]string{"list", "Bart", "-all", "plan"}, []string{"list", "-all", "--", "Bart", "plan"}},
		{[]string{"-version"}, []string{"-version"}},
	} {
		got, err := cmdline.Normalize(app, c.in)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("normalizeArgs(%q) = %q, %v, want %q", c.in, got, err, c.want)
		}
	}
	if _, err := cmdline.Normalize(app, []string{"aply"}); err == nil {
		t.Error("an unknown command is no error")
	}
}
