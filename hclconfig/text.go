package hclconfig

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// The types of this file check text where it stands: the decoder reports what
// UnmarshalText returns at the attribute.

type layout struct{ state.Layout }

func (l *layout) UnmarshalText(text []byte) (err error) {
	if l.Layout, err = state.ParseLayout(string(text)); err != nil {
		return fmt.Errorf("invalid layout %q: %w", text, err)
	}
	return nil
}

// defaultLayout is a valid layout, which the zero value is not.
func defaultLayout() layout {
	l, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		panic(err)
	}
	return layout{l}
}

// timezone is an IANA zone, or "Local".
type timezone string

func (z *timezone) UnmarshalText(text []byte) error {
	if _, err := time.LoadLocation(string(text)); err != nil || len(text) == 0 {
		return fmt.Errorf("unknown time zone %q: write it as \"Europe/Berlin\", \"UTC\" or \"Local\"", text)
	}
	*z = timezone(text)
	return nil
}

// glob is a pattern for paths.
type glob string

func (g *glob) UnmarshalText(text []byte) error {
	if len(text) == 0 || !doublestar.ValidatePattern(string(text)) {
		return fmt.Errorf("invalid pattern %q: it is empty, or a bracket or brace is not closed", text)
	}
	*g = glob(text)
	return nil
}

// vmPattern is the name of a VM, or a pattern for names.
type vmPattern string

func (p *vmPattern) UnmarshalText(text []byte) error {
	if strings.Contains(string(text), "/") {
		return fmt.Errorf("%q contains a slash, which the name of a VM cannot", text)
	}
	var g glob
	err := g.UnmarshalText(text)
	*p = vmPattern(g)
	return err
}

// literal reports whether the pattern is a name.
func (p vmPattern) literal() bool {
	_, ok := config.NameIn(string(p))
	return ok
}

// setFile is the path of a file in a set.
type setFile string

func (f *setFile) UnmarshalText(text []byte) error {
	*f = setFile(text)
	if err := providers.CheckPath(string(text)); err != nil || *f == "." || strings.ContainsAny(string(text), "*?[{") {
		return fmt.Errorf("%q is not the path of a file in a set: write it relative to the folder of the set, with slashes and without wildcards", text)
	}
	return nil
}

type onEmpty string

func (o *onEmpty) UnmarshalText(text []byte) error {
	switch *o = onEmpty(text); *o {
	case "error", "ignore":
		return nil
	}
	return fmt.Errorf("%q is neither \"error\" nor \"ignore\"", text)
}

// publish is how a set appears at a destination.
type publish config.Publish

func (p *publish) UnmarshalText(text []byte) error {
	switch string(text) {
	case "rename":
		*p = publish(config.ByRename)
	case string(config.InPlace):
		*p = publish(config.InPlace)
	default:
		return fmt.Errorf("%q is neither \"rename\" nor \"in_place\"", text)
	}
	return nil
}

// order is the word for a config.Order; "" if the attribute is absent.
type order string

const uploadFirst order = "upload_first"

func (o *order) UnmarshalText(text []byte) error {
	switch *o = order(text); *o {
	case uploadFirst, order(config.DeleteFirst):
		return nil
	}
	return fmt.Errorf("%q is neither %q nor %q", text, uploadFirst, config.DeleteFirst)
}

// or is o, or the order of the enclosing block if o is not set.
func (o order) or(outer order) config.Order {
	if o == "" {
		o = outer
	}
	if o == uploadFirst {
		return config.UploadFirst
	}
	return config.Order(o)
}

// freshness is a span; zero, which no span reads, where it is switched off.
type freshness config.Span

func (f *freshness) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*f = freshness{}
		return nil
	}
	span, err := config.ParseSpan(string(text))
	if err != nil {
		return fmt.Errorf("%w, or \"off\"", err)
	}
	*f = freshness(span)
	return nil
}

// proofAge is a span; zero if no proof of an earlier reading counts.
type proofAge config.Span

func (a *proofAge) UnmarshalText(text []byte) error {
	span, err := config.ParseSpan(string(text))
	*a = proofAge(span)
	return err
}

// workDir is the name of one folder.
type workDir string

func (w *workDir) UnmarshalText(text []byte) error {
	*w = workDir(text)
	return providers.CheckName(string(text))
}

// ownerName is the name of the configuration that owns a destination root.
type ownerName string

func (n *ownerName) UnmarshalText(text []byte) error {
	*n = ownerName(text)
	if strings.TrimSpace(string(text)) != string(text) || len(text) == 0 || len(text) > 255 {
		return errors.New("it must have 1 to 255 bytes, without blanks around them")
	}
	if strings.ContainsFunc(string(text), unicode.IsControl) {
		return errors.New("it must not contain control characters or line ends")
	}
	return nil
}

func plain[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

// occasion is a config.Occasion that reads itself.
type occasion config.Occasion

func (o *occasion) UnmarshalText(text []byte) error {
	*o = occasion(text)
	if slices.Contains(config.Occasions(), config.Occasion(text)) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", text, strings.Join(plain(config.Occasions()), ", "))
}

// verdict is a config.Verdict that reads itself.
type verdict config.Verdict

func (v *verdict) UnmarshalText(text []byte) error {
	*v = verdict(text)
	known := append(config.Verdicts(), config.VerdictStart)
	if slices.Contains(known, config.Verdict(text)) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", text, strings.Join(plain(known), ", "))
}

// stamp is a state.Stamp that reads itself.
type stamp state.Stamp

func (s *stamp) UnmarshalText(text []byte) error {
	parsed, err := state.ParseStamp(string(text))
	*s = stamp(parsed)
	return err
}
