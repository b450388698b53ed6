package scalar

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state"
)

// Layout is the path of a set under its place.
type Layout struct{ state.Layout }

func (l *Layout) UnmarshalText(text []byte) (err error) {
	if l.Layout, err = state.ParseLayout(string(text)); err != nil {
		return fmt.Errorf("invalid layout %q: %w", text, err)
	}
	return nil
}

// DefaultLayout is a valid layout, which the zero value is not.
func DefaultLayout() Layout {
	l, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		panic(err)
	}
	return Layout{l}
}
