package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"vmxsync": main})
}

// TestScript runs what a user would type. The verbs of the scripts are in
// verbs_test.go.
func TestScript(t *testing.T) {
	testscript.Run(t, params(filepath.Join("testdata", "script"), nil, nil))
}

// params are those of every script: its own home, no colours, a clock.
func params(dir string, servers started, env []string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:                verbs,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("TZ", "UTC")
			only, _, _ := strings.Cut(e.Getenv("PATH"), string(os.PathListSeparator)) // testscript puts itself first
			e.Setenv("ONLY_VMXSYNC", only)
			examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
			e.Setenv("EXAMPLES", examples)
			mine := started{}
			maps.Copy(mine, servers)
			e.Values[startedKey{}] = mine
			e.Values[runningKey{}] = &running{}
			e.Values[toldKey{}] = map[any]any{}
			for _, pair := range env {
				name, value, _ := strings.Cut(pair, "=")
				e.Setenv(name, value)
			}
			return err
		},
	}
}
