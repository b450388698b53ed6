package hclconfig_test

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

func TestLoad_hooksRunWhereTheConfigurationIs(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", smallest, "hooks.vmxsync.hcl", `
variable "mac" {
  default = "00:11"
}
hook "wake" {
  on      = ["before_apply", "after_failure"]
  command = ["hooks/wake", "nas/1"]
  timeout = "90s"
  env     = merge({ MAC = var.mac }, { TRIES = 3 })
}
hook "last" {
  on      = "after_apply"
  command = ["logger", "done"]
}
`)
	spec, _ := load(t, options(dir))
	want := []config.Hook{{
		Name: "wake", On: []config.Occasion{config.BeforeApply, config.AfterFailure}, Dir: dir,
		Command: []string{filepath.Join(dir, "hooks", "wake"), "nas/1"},
		Timeout: providers.Duration(90 * time.Second), Env: map[string]string{"MAC": "00:11", "TRIES": "3"},
	}, {
		Name: "last", On: []config.Occasion{config.AfterApply}, Dir: dir,
		Command: []string{"logger", "done"}, Timeout: providers.Duration(5 * time.Minute),
	}}
	if !reflect.DeepEqual(spec.Hooks, want) {
		t.Errorf("got %+v, want %+v", spec.Hooks, want)
	}
}
