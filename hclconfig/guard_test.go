package hclconfig_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state/config"
)

func TestLoad_guard(t *testing.T) {
	none, two := 0, 2
	for block, want := range map[string]config.Guard{
		"":         {MaxShrinkPercent: 30, MinLoss: 3, MinSizePercent: 50},
		"guard {}": {MaxShrinkPercent: 30, MinLoss: 3, MinSizePercent: 50},
		"guard {\n  max_shrink_percent = 0\n  min_loss = 1\n  max_deletes = 0\n}":          {MinLoss: 1, MaxDeletes: &none, MinSizePercent: 50},
		"guard {\n  max_shrink_percent = 100\n  max_deletes = 2\n}":                        {MaxShrinkPercent: 100, MinLoss: 3, MaxDeletes: &two, MinSizePercent: 50},
		"guard {\n  min_size_percent = 0\n}":                                               {MaxShrinkPercent: 30, MinLoss: 3},
		"guard {\n  max_shrink_percent = null\n  min_loss = null\n  max_deletes = null\n}": {MaxShrinkPercent: 30, MinLoss: 3, MinSizePercent: 50},
	} {
		spec, _ := load(t, options(configuration(t, "vmxsync.hcl", smallest+block)))
		if !reflect.DeepEqual(spec.Guard, want) {
			t.Errorf("%q: got %+v, want %+v", block, spec.Guard, want)
		}
	}
}

func TestLoad_preventDestroy(t *testing.T) {
	protected := strings.Replace(smallest, "  source       =", "  prevent_destroy = true\n  source       =", 1)
	for text, want := range map[string]bool{smallest: false, protected: true} {
		spec, _ := load(t, options(configuration(t, "vmxsync.hcl", text)))
		if got := spec.Backups[0].PreventDestroy; got != want {
			t.Errorf("got %v, want %v of\n%s", got, want, text)
		}
	}
}
