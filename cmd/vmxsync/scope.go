package main

import (
	"errors"

	"github.com/vmxsync/vmxsync/diff/flags"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/wording"
)

// addressList collects the values of a flag that may be repeated.
type addressList struct {
	check func(string) error
	all   []string
}

func (l *addressList) Set(text string) error {
	if err := l.check(text); err != nil {
		return err
	}
	l.all = append(l.all, text)
	return nil
}

func (l *addressList) String() string { return "" }

func addressFlag(to *addressList, name, usage string, check func(string) error) cli.Flag {
	to.check = check
	return &cli.GenericFlag{Name: name, Usage: usage, Value: to}
}

// anyText accepts any address: a name may contain characters that begin a pattern.
func anyText(text string) error {
	if text == "" {
		return errors.New("it is empty")
	}
	return nil
}

// scope are the flags that narrow or extend a plan.
type scope struct {
	target, exclude, replace, adopt, accept addressList
	destroy, takeOver, allowShrink          bool
}

func (s *scope) flags() []cli.Flag {
	return []cli.Flag{
		addressFlag(&s.target, "target", "plan only changes that match `GLOB`: nas, nas/dc01, \"nas/*/2026-11-*\"; may be repeated", flags.CheckPattern),
		addressFlag(&s.exclude, "exclude", "skip changes that match `GLOB`, and deletes that depend on them; may be repeated", flags.CheckPattern),
		addressFlag(&s.replace, "replace", "upload the set at `ADDRESS` again, and replace what is there; may be repeated", anyText),
		addressFlag(&s.adopt, "adopt", "adopt the unmarked sets that match `GLOB`; may be repeated", flags.CheckPattern),
		addressFlag(&s.accept, "accept", "accept the sets that match `GLOB` as they are: suspicious sets count, vanished sets are no longer reported, and a set that was found damaged counts again if its full address is given; may be repeated", flags.CheckPattern),
		&cli.BoolFlag{Name: "destroy", Destination: &s.destroy, Usage: "delete all sets selected by -target, including the last ones of a VM"},
	}
}

// scopeFlagNames returns their names.
func scopeFlagNames() []string { return cmdline.FlagNames((&scope{}).flags()) }

// options returns the options of a plan; partial: without destinations that cannot be
// reached.
func (s *scope) options(partial bool) (diff.Options, error) {
	o := diff.Options{
		Partial: partial, TakeOver: s.takeOver, AllowShrink: s.allowShrink,
		Target: s.target.all, Exclude: s.exclude.all, Replace: s.replace.all, Adopt: s.adopt.all, Accept: s.accept.all, Destroy: s.destroy,
	}
	switch {
	case o.Destroy && len(o.Target) == 0:
		return o, failure.Usage(errors.New("-destroy needs -target"), "Select the sets to delete: -destroy -target=nas/dc01. To delete all sets at nas: -destroy -target=nas.")
	case o.Destroy && len(o.Adopt)+len(o.Replace) > 0:
		return o, failure.Usage(errors.New("-destroy cannot be used together with -adopt or -replace"), "Make two plans, one after the other.")
	}
	return o, nil
}

// scopeText returns the flags as they would be typed.
func scopeText(o diff.Options) (text string) {
	for _, f := range []struct {
		name   string
		values []string
	}{{"target", o.Target}, {"exclude", o.Exclude}, {"replace", o.Replace}, {"adopt", o.Adopt}, {"accept", o.Accept}} {
		for _, v := range f.values {
			text += " -" + f.name + "=" + wording.Quoted(v)
		}
	}
	if o.Destroy {
		text += " -destroy"
	}
	return text
}
