package hclconfig_test

import (
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/state/config"
)

func TestLoad_log(t *testing.T) {
	for block, want := range map[string]config.Log{
		"log {\n  file = \"logs/v.log\"\n}": {File: "logs/v.log", Level: "info", Format: "text", MaxSize: 10 << 20, MaxFiles: 10},
		"log {\n  file = \"v\"\n  level = \"trace\"\n  format = \"json\"\n  max_size = \"1MiB\"\n  max_files = 1\n}": {
			File: "v", Level: "trace", Format: "json", MaxSize: 1 << 20, MaxFiles: 1},
	} {
		dir := configuration(t, "vmxsync.hcl", smallest+block)
		spec, _ := load(t, options(dir))
		want.File = filepath.Join(dir, filepath.FromSlash(want.File))
		if *spec.Log != want {
			t.Errorf("got %+v, want %+v", *spec.Log, want)
		}
	}
	if spec, _ := load(t, options(configuration(t, "vmxsync.hcl", smallest))); spec.Log != nil {
		t.Errorf("got %+v without a block", *spec.Log)
	}
}
