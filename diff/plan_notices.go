package diff

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/notice"
)

// noticesOfPlan are those about the plan as a whole.
func noticesOfPlan(in Input, all *planned, pruned pruned) []Notice {
	var chosen decide.Selection
	for _, part := range all.parts {
		chosen.Join(part.selection)
	}
	chosen.Join(pruned.selection)
	return slices.Concat(clockNotice(in), listNotice(in), selectionNotice(in.Options, chosen), destroyNotice(in.Options))
}

// clockNotice reports that the time of the plan is not that of the clock.
func clockNotice(in Input) []Notice {
	if in.Clock == "" {
		return nil
	}
	text := fmt.Sprintf("%s is set: this plan assumes that it is %s, and can be applied only with the same setting.", in.Clock, in.Now.Format(time.RFC3339))
	return []Notice{notice.Clock.Notice("", text)}
}

// listNotice reports that the plan was made from a saved inventory.
func listNotice(in Input) []Notice {
	if in.Options.Inventory.IsZero() {
		return nil
	}
	text := fmt.Sprintf("-inventory: this plan was made from a list of %s and cannot be applied.", in.Options.Inventory.Format(time.RFC3339))
	return []Notice{notice.Inventory.Notice("", text)}
}

// askedAgain names the sensitive variables that an apply of the saved plan has
// to be given, because it reads no files of values on its own.
func askedAgain(spec *config.Spec) []Notice {
	var names []string
	for _, v := range spec.Variables {
		if v.Sensitive && !v.FromEnv {
			names = append(names, "var."+v.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	text := fmt.Sprintf("apply: needs %s again, in the environment (VMXSYNC_VAR_...) or with -var-file: a saved plan holds no secrets.", strings.Join(names, ", "))
	return []Notice{notice.Sensitive.Notice("", text)}
}

// selectionNotice reports that the plan may be only a part.
func selectionNotice(o Options, chosen decide.Selection) []Notice {
	if !o.Selective() || o.Destroy {
		return nil
	}
	var flags []string
	if len(o.Target) > 0 {
		flags = append(flags, "-target")
	}
	if len(o.Exclude) > 0 {
		flags = append(flags, "-exclude")
	}
	text := strings.Join(flags, " and ") + ": this plan may be only a part of what the configuration wants. "
	if n := len(chosen.Excluded); n == 0 {
		text += "Nothing was left out this time."
	} else {
		slices.Sort(chosen.Excluded)
		text += fmt.Sprintf("Left out: %s (%s).", wording.Count(n, "change"), chosen.Excluded[0])
	}
	if n := chosen.Added; n > 0 {
		text += fmt.Sprintf(" Added: %s that its deletes depend on.", wording.Count(n, "upload"))
	}
	return []Notice{notice.Target.Notice("", strings.ToValidUTF8(text, "\ufffd"))}
}

// destroyNotice reports which protections a plan with -destroy does without.
func destroyNotice(o Options) []Notice {
	if !o.Destroy {
		return nil
	}
	return []Notice{notice.Destroy.Notice("", "-destroy: all sets selected by -target are destroyed, including the last ones of a VM. min_keep is 0 for them, and the guard is off. "+
		"A plan without -destroy uploads again what a source still holds.")}
}
