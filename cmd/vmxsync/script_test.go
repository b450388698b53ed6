package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vmxsync/vmxsync/providers/providertest"
)

// TestMain makes this test binary run as vmxsync too. Under -race each run would sleep
// for a second before it ends, for races that show late. They are reported without
// that, and the runs of all scripts would wait for twenty minutes.
func TestMain(m *testing.M) {
	if os.Getenv(raceOptions) == "" {
		os.Setenv(raceOptions, "atexit_sleep_ms=0")
	}
	testscript.Main(m, map[string]func(){"vmxsync": main})
}

// raceOptions is the environment variable of the race detector.
const raceOptions = "GORACE"

// TestScript runs what a user would type. The commands of the scripts are in
// verbs_test.go. A short run takes every fourth script, from the second on: those with
// the largest files are others.
func TestScript(t *testing.T) {
	t.Parallel()
	p := params(filepath.Join("testdata", "script"), nil, nil)
	if providertest.Thin() {
		all, err := filepath.Glob(filepath.Join(p.Dir, "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		p.Dir = ""
		for i := 1; i < len(all); i += 4 {
			p.Files = append(p.Files, all[i])
		}
	}
	testscript.Run(t, p)
}

// condition evaluates the conditions of scripts: an interrupt on Windows needs a
// console, which the tests have only if a person runs them.
func condition(name string) (bool, error) {
	if name != "interrupts" {
		return false, fmt.Errorf("no condition is called %s", name)
	}
	return canInterrupt(), nil
}

// unixOnly are the scripts that Windows cannot run, and what each needs. All other
// scripts run there too.
var unixOnly = map[string]string{
	"check":            "a server on whose disk any name can stand",
	"fmt":              "links",
	"folders":          "links",
	"hooks":            "sh",
	"init":             "modes, ls and find",
	"log":              "sed, sh and rm",
	"restore_damage":   "sh and dd",
	"restore_plan":     "sed and sh",
	"restore_url":      "a path that is the one of a URL",
	"output":           "/dev/full",
	"init_predecessor": "modes and sed",
	"settling":         "links",
	"unreadable":       "modes and setpriv",
	"skip_if_running":  "sh and sed",
	"trash":            "sh",
	"unfinished":       "sh",
}

// params returns the parameters of every script: its own home, no colours, a clock.
func params(dir string, servers started, env []string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:                verbs,
		Condition:           condition,
		Setup: func(e *testscript.Env) error {
			if why := unixOnly[strings.TrimPrefix(filepath.Base(e.WorkDir), "script-")]; why != "" && runtime.GOOS == "windows" {
				e.T().Skip("needs " + why)
			}
			e.Setenv("NO_COLOR", "1")
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("USERPROFILE", filepath.Join(e.WorkDir, "home")) // the home on Windows
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("TZ", "UTC")
			e.Setenv(raceOptions, os.Getenv(raceOptions))
			only, _, _ := strings.Cut(e.Getenv("PATH"), string(os.PathListSeparator)) // testscript puts itself first
			e.Setenv("ONLY_VMXSYNC", only)
			examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
			e.Setenv("EXAMPLES", examples)
			mine := started{}
			maps.Copy(mine, servers)
			e.Values[startedKey{}] = mine
			e.Values[runningKey{}] = &running{}
			e.Values[serversKey{}] = map[any]any{}
			for _, pair := range env {
				name, value, _ := strings.Cut(pair, "=")
				e.Setenv(name, value)
			}
			return errors.Join(err, ownRoots(e, servers))
		},
	}
}

// ownRoots gives the script a folder of its own at each shared server: a root belongs
// to one configuration.
func ownRoots(e *testscript.Env, servers started) error {
	script := strings.TrimPrefix(filepath.Base(e.WorkDir), "script-")
	for name, server := range servers {
		disk := filepath.Join(server.Root, script)
		if err := os.Mkdir(disk, 0o777); err != nil {
			return err
		}
		if err := server.Adopt(); err != nil {
			return err
		}
		e.Setenv(name+"_DISK", filepath.ToSlash(disk))
		e.Setenv(name+"_ROOT", path.Join(server.Path, script))
	}
	return nil
}
