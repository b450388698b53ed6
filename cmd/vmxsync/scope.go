package main

import (
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
)

// addressList collects the values of a flag that may be given several times.
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

func addressFlag(name, usage string, check func(string) error) cli.Flag {
	return &cli.GenericFlag{Name: name, Usage: usage, Value: &addressList{check: check}}
}

// anyText takes an address as it is: a name may hold what begins a pattern.
func anyText(text string) error {
	if text == "" {
		return errors.New("it names nothing")
	}
	return nil
}

// scopeFlags say what a plan is about, besides what the configuration wants.
func scopeFlags() []cli.Flag {
	return []cli.Flag{
		addressFlag("target", "only what `GLOB` names: nas, nas/dc01, \"nas/*/2026-11-*\"; may be repeated", diff.CheckPattern),
		addressFlag("exclude", "not what `GLOB` names, and no delete that rests on it; may be repeated", diff.CheckPattern),
		addressFlag("replace", "send the set of that `ADDRESS` again, in place of what stands there; may be repeated", anyText),
		addressFlag("adopt", "make the unmarked sets ours that `GLOB` names; may be repeated", diff.CheckPattern),
		addressFlag("accept", "accept what is wrong with the sets that match `GLOB`: suspicious ones count, vanished ones are no longer reported, and one that was found damaged counts again where its full address is given; may be repeated", diff.CheckPattern),
		&cli.BoolFlag{Name: "destroy", Usage: "destroy what -target names, the last sets of a VM too"},
	}
}

// scopeFlagNames are their names.
func scopeFlagNames() []string { return flagNames(scopeFlags()) }

// planOptions are the flags that shape the plan of a command.
func (p *process) planOptions(c *cli.Context, partial bool) (diff.Options, error) {
	list := func(name string) []string { return c.Generic(name).(*addressList).all }
	o := diff.Options{
		Partial: partial, TakeOver: p.takeOver, AllowShrink: c.Bool("allow-shrink"),
		Target: list("target"), Exclude: list("exclude"), Replace: list("replace"), Adopt: list("adopt"), Accept: list("accept"), Destroy: c.Bool("destroy"),
	}
	switch {
	case o.Destroy && len(o.Target) == 0:
		return o, wrongUsage(errors.New("-destroy needs -target"), "Name what is to go: -destroy -target=nas/dc01. All that is at nas is -target=nas.")
	case o.Destroy && len(o.Adopt)+len(o.Replace) > 0:
		return o, wrongUsage(errors.New("-destroy goes with no -adopt and no -replace"), "Make two plans, one after the other.")
	}
	return o, nil
}

// scopeText is the flags as they would be typed.
func scopeText(o diff.Options) (text string) {
	for _, f := range []struct {
		name   string
		values []string
	}{{"target", o.Target}, {"exclude", o.Exclude}, {"replace", o.Replace}, {"adopt", o.Adopt}, {"accept", o.Accept}} {
		for _, v := range f.values {
			text += " -" + f.name + "=" + quoted(v)
		}
	}
	if o.Destroy {
		text += " -destroy"
	}
	return text
}
