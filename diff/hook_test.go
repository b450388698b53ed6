package diff_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

func wake() config.Hook {
	return config.Hook{
		Name: "wake", On: []config.Occasion{config.BeforeApply}, Command: []string{"/usr/bin/wake", "nas"}, Dir: "/etc/vmxsync",
		Timeout: providers.Duration(time.Minute), Env: map[string]string{"MAC": "00:11"},
	}
}

func hookedPlan(t testing.TB) *diff.Plan {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...)
	w.spec.Hooks = []config.Hook{wake()}
	return w.compute(t)
}

func TestOpen_bringsHooksBack(t *testing.T) {
	saved, err := planfile.Open(seal(t, hookedPlan(t), nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := saved.Plan.Hooks, []config.Hook{wake()}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestOpen_refusesHooksThatCannotBe(t *testing.T) {
	for name, edit := range map[string]func(p *diff.Plan){
		"empty command":      func(p *diff.Plan) { p.Hooks[0].Command = nil },
		"empty program":      func(p *diff.Plan) { p.Hooks[0].Command[0] = "" },
		"an unknown time":    func(p *diff.Plan) { p.Hooks[0].On = []config.Occasion{"before_plan"} },
		"no time":            func(p *diff.Plan) { p.Hooks[0].Timeout = 0 },
		"our own variables":  func(p *diff.Plan) { p.Hooks[0].Env = map[string]string{"VMXSYNC_PLAN_KEY": "x"} },
		"a hook twice":       func(p *diff.Plan) { p.Hooks = append(p.Hooks, wake()) },
		"a hundred and more": func(p *diff.Plan) { p.Hooks = make([]config.Hook, 101) },
	} {
		p := hookedPlan(t)
		edit(p)
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}

// A member that this version does not know could say how a program is to run.
func TestOpen_refusesUnknownMembersOfHooks(t *testing.T) {
	text := sealed(t, hookedPlan(t))
	if _, err := planfile.Open(reseal(t, text, `"hooks":[{"command"`, `"hooks":[{"as_user":"root","command"`), nil); !errors.Is(err, planfile.ErrInvalid) {
		t.Errorf("got %v, want %v", err, planfile.ErrInvalid)
	}
}
