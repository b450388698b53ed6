package hclconfig_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state/config"
)

func TestLoad_freshWithin(t *testing.T) {
	for line, want := range map[string]config.Span{
		"": {Days: 8}, "fresh_within = null": {Days: 8}, `fresh_within = "1mo2d12h"`: {Months: 1, Days: 2, Hours: 12}, `fresh_within = "off"`: {},
	} {
		text := strings.Replace(smallest, "  source       =", "  "+line+"\n  source       =", 1)
		spec, _ := load(t, options(configuration(t, "vmxsync.hcl", text)))
		if got := spec.Backups[0].FreshWithin; got != want {
			t.Errorf("%s: got %v, want %v", line, got, want)
		}
	}
}
