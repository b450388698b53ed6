package hclconfig_test

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

func TestLoad_drills(t *testing.T) {
	scratch := t.TempDir()
	dir := configuration(t, "vmxsync.hcl", smallest, "drills.vmxsync.hcl", `
drill "quarterly" {
  from = destination.ftp.nas
  to   = "scratch"
}
drill "worst-case" {
  from    = [destination.ftp.nas]
  vms     = ["dc01", "sql*"]
  pick    = "largest"
  every   = "1y"
  to      = "`+filepath.ToSlash(scratch)+`"
  command = ["./boot", "-headless"]
  timeout = "2h"
  env     = { BRIDGE = "br0" }
}
`)
	spec, _ := load(t, options(dir))
	want := []config.Drill{{
		Name: "quarterly", From: []string{"nas"}, VMs: []string{"*"}, Pick: config.OldestUndrilled, Every: config.Span{Days: 90},
		To: filepath.Join(dir, "scratch"), Dir: dir, Timeout: providers.Duration(time.Hour),
	}, {
		Name: "worst-case", From: []string{"nas"}, VMs: []string{"dc01", "sql*"}, Pick: config.Largest, Every: config.Span{Years: 1},
		To: scratch, Dir: dir, Command: []string{filepath.Join(dir, "boot"), "-headless"},
		Timeout: providers.Duration(2 * time.Hour), Env: map[string]string{"BRIDGE": "br0"},
	}}
	if !reflect.DeepEqual(spec.Drills, want) {
		t.Errorf("got %+v, want %+v", spec.Drills, want)
	}
}

func TestDrill_takes(t *testing.T) {
	d := config.Drill{VMs: []string{"dc01", "sql*", `web\[1]`}}
	for vm, want := range map[string]bool{"dc01": true, "dc02": false, "sql-7": true, "web[1]": true, "web1": false} {
		if got := d.Takes(vm); got != want {
			t.Errorf("Takes(%q) = %t, want %t", vm, got, want)
		}
	}
}
