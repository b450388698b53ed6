package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

func goodHook() config.Hook {
	return config.Hook{
		Name: "wake", On: []config.Occasion{config.BeforeApply, config.AfterApply}, Command: []string{"wake", "nas"}, Dir: "/etc/vmxsync",
		Timeout: providers.Duration(time.Minute), Env: map[string]string{"MAC": "00:11"},
	}
}

func TestHook_checkNamesTheAttribute(t *testing.T) {
	if found := goodHook().Check(); len(found) > 0 {
		t.Fatalf("a good hook: %v", found)
	}
	for name, c := range map[string]struct {
		spoil     func(h *config.Hook)
		attribute string
	}{
		"no name":             {func(h *config.Hook) { h.Name = "" }, ""},
		"a long name":         {func(h *config.Hook) { h.Name = strings.Repeat("x", 129) }, ""},
		"no folder":           {func(h *config.Hook) { h.Dir = "" }, ""},
		"never":               {func(h *config.Hook) { h.On = nil }, "on"},
		"at another occasion": {func(h *config.Hook) { h.On = []config.Occasion{"before_plan"} }, "on"},
		"too often":           {func(h *config.Hook) { h.On = make([]config.Occasion, 5) }, "on"},
		"no command":          {func(h *config.Hook) { h.Command = nil }, "command"},
		"a blank command":     {func(h *config.Hook) { h.Command[0] = " " }, "command"},
		"a zero byte":         {func(h *config.Hook) { h.Command[1] = "a\x00b" }, "command"},
		"many arguments":      {func(h *config.Hook) { h.Command = append(h.Command, make([]string, 256)...) }, "command"},
		"a long argument":     {func(h *config.Hook) { h.Command[1] = strings.Repeat("x", 33<<10) }, "command"},
		"no time":             {func(h *config.Hook) { h.Timeout = 0 }, "timeout"},
		"negative time":       {func(h *config.Hook) { h.Timeout = -1 }, "timeout"},
		"days":                {func(h *config.Hook) { h.Timeout = providers.Duration(25 * time.Hour) }, "timeout"},
		"no variable":         {func(h *config.Hook) { h.Env[""] = "x" }, "env"},
		"a broken variable":   {func(h *config.Hook) { h.Env["A=B"] = "x" }, "env"},
		"our variable":        {func(h *config.Hook) { h.Env["vmxsync_RESULT"] = "x" }, "env"},
		"a long variable":     {func(h *config.Hook) { h.Env["A"] = strings.Repeat("x", 33<<10) }, "env"},
	} {
		h := goodHook()
		c.spoil(&h)
		found := h.Check()
		if len(found) != 1 || found[0].Attribute != c.attribute || found[0].Detail == "" {
			t.Errorf("%s: got %v, want one problem of %q", name, found, c.attribute)
		}
	}
}
