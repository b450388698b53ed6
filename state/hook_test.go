package state_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func goodHook() state.Hook {
	return state.Hook{
		Name: "wake", On: []state.Occasion{state.BeforeApply, state.AfterApply}, Command: []string{"wake", "nas"}, Dir: "/etc/vmxsync",
		Timeout: providers.Duration(time.Minute), Env: map[string]string{"MAC": "00:11"},
	}
}

func TestHook_checkNamesTheAttribute(t *testing.T) {
	if found := goodHook().Check(); len(found) > 0 {
		t.Fatalf("a good hook: %v", found)
	}
	for name, c := range map[string]struct {
		spoil     func(h *state.Hook)
		attribute string
	}{
		"no name":             {func(h *state.Hook) { h.Name = "" }, ""},
		"a long name":         {func(h *state.Hook) { h.Name = strings.Repeat("x", 129) }, ""},
		"no folder":           {func(h *state.Hook) { h.Dir = "" }, ""},
		"never":               {func(h *state.Hook) { h.On = nil }, "on"},
		"at another occasion": {func(h *state.Hook) { h.On = []state.Occasion{"before_plan"} }, "on"},
		"too often":           {func(h *state.Hook) { h.On = make([]state.Occasion, 5) }, "on"},
		"no command":          {func(h *state.Hook) { h.Command = nil }, "command"},
		"a blank command":     {func(h *state.Hook) { h.Command[0] = " " }, "command"},
		"a zero byte":         {func(h *state.Hook) { h.Command[1] = "a\x00b" }, "command"},
		"many arguments":      {func(h *state.Hook) { h.Command = append(h.Command, make([]string, 256)...) }, "command"},
		"a long argument":     {func(h *state.Hook) { h.Command[1] = strings.Repeat("x", 33<<10) }, "command"},
		"no time":             {func(h *state.Hook) { h.Timeout = 0 }, "timeout"},
		"negative time":       {func(h *state.Hook) { h.Timeout = -1 }, "timeout"},
		"days":                {func(h *state.Hook) { h.Timeout = providers.Duration(25 * time.Hour) }, "timeout"},
		"no variable":         {func(h *state.Hook) { h.Env[""] = "x" }, "env"},
		"a broken variable":   {func(h *state.Hook) { h.Env["A=B"] = "x" }, "env"},
		"our variable":        {func(h *state.Hook) { h.Env["vmxsync_RESULT"] = "x" }, "env"},
		"a long variable":     {func(h *state.Hook) { h.Env["A"] = strings.Repeat("x", 33<<10) }, "env"},
	} {
		h := goodHook()
		c.spoil(&h)
		found := h.Check()
		if len(found) != 1 || found[0].Attribute != c.attribute || found[0].Detail == "" {
			t.Errorf("%s: got %v, want one problem of %q", name, found, c.attribute)
		}
	}
}
