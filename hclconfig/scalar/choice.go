package scalar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// OnEmpty is what becomes of a source without backups.
type OnEmpty string

func (o *OnEmpty) UnmarshalText(text []byte) error {
	switch *o = OnEmpty(text); *o {
	case "error", "ignore":
		return nil
	}
	return fmt.Errorf("%q is neither \"error\" nor \"ignore\"", text)
}

// Publish is how a set appears at a destination.
type Publish config.Publish

func (p *Publish) UnmarshalText(text []byte) error {
	switch string(text) {
	case "rename":
		*p = Publish(config.ByRename)
	case string(config.InPlace):
		*p = Publish(config.InPlace)
	default:
		return fmt.Errorf("%q is neither \"rename\" nor \"in_place\"", text)
	}
	return nil
}

// Order is the word for a config.Order; "" if the attribute is absent.
type Order string

const uploadFirst Order = "upload_first"

func (o *Order) UnmarshalText(text []byte) error {
	switch *o = Order(text); *o {
	case uploadFirst, Order(config.DeleteFirst):
		return nil
	}
	return fmt.Errorf("%q is neither %q nor %q", text, uploadFirst, config.DeleteFirst)
}

// Or is o, or the order of the enclosing block if o is not set.
func (o Order) Or(outer Order) config.Order {
	if o == "" {
		o = outer
	}
	if o == uploadFirst {
		return config.UploadFirst
	}
	return config.Order(o)
}

// Occasion is a config.Occasion that reads itself.
type Occasion config.Occasion

func (o *Occasion) UnmarshalText(text []byte) error {
	*o = Occasion(text)
	if slices.Contains(config.Occasions(), config.Occasion(text)) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", text, strings.Join(Strings(config.Occasions()), ", "))
}

// Verdict is a config.Verdict that reads itself.
type Verdict config.Verdict

func (v *Verdict) UnmarshalText(text []byte) error {
	*v = Verdict(text)
	known := append(config.Verdicts(), config.VerdictStart)
	if slices.Contains(known, config.Verdict(text)) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", text, strings.Join(Strings(known), ", "))
}

// ProofLevel is how much of a set a proof asks: a level that a place records.
type ProofLevel string

func (l *ProofLevel) UnmarshalText(text []byte) error {
	switch *l = ProofLevel(text); *l {
	case state.ReadProof, state.ServerProof:
		return nil
	case "list":
		return fmt.Errorf("every plan compares names and sizes already: write %q, or %q", state.ReadProof, state.ServerProof)
	}
	return fmt.Errorf("%q is neither %q nor %q", text, state.ReadProof, state.ServerProof)
}
