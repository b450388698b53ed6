package render_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

func TestText_saysWhatHooksRun(t *testing.T) {
	p := &diff.Plan{Hooks: []config.Hook{{
		Name: "wake", On: []config.Occasion{config.BeforeApply, config.AfterFailure}, Command: []string{"/bin/wake", "my nas", "", "\x1b[2J"},
		Timeout: providers.Duration(5 * time.Minute),
	}}}
	for name, form := range map[string]func(*strings.Builder) error{
		"text":    func(b *strings.Builder) error { return render.Text(b, p, render.Style{}) },
		"concise": func(b *strings.Builder) error { return render.Concise(b, p, render.Style{}) },
		"summary": func(b *strings.Builder) error { return render.Summary(b, p, render.Style{}) },
	} {
		var b strings.Builder
		if err := form(&b); err != nil {
			t.Fatal(err)
		}
		want := "\nHook: wake runs /bin/wake \"my nas\" \"\" \"\\x1b[2J\" at before_apply and after_failure (at most 5m).\n"
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s: got %q, want %q in it", name, b.String(), want)
		}
	}
}
