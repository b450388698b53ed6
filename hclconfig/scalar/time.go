package scalar

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Timezone is an IANA zone, or "Local".
type Timezone string

func (z *Timezone) UnmarshalText(text []byte) error {
	if _, err := time.LoadLocation(string(text)); err != nil || len(text) == 0 {
		return fmt.Errorf("unknown time zone %q: write it as \"Europe/Berlin\", \"UTC\" or \"Local\"", text)
	}
	*z = Timezone(text)
	return nil
}

// Freshness is a span; zero, which no span reads, where it is switched off.
type Freshness config.Span

func (f *Freshness) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*f = Freshness{}
		return nil
	}
	span, err := config.ParseSpan(string(text))
	if err != nil {
		return fmt.Errorf("%w, or \"off\"", err)
	}
	*f = Freshness(span)
	return nil
}

// ProofAge is a span; zero if proofs may be as old as they like, and none counts.
type ProofAge config.Span

func (a *ProofAge) UnmarshalText(text []byte) error {
	span, err := config.ParseSpan(string(text))
	*a = ProofAge(span)
	return err
}

// Stamp is a state.Stamp that reads itself.
type Stamp state.Stamp

func (s *Stamp) UnmarshalText(text []byte) error {
	parsed, err := state.ParseStamp(string(text))
	*s = Stamp(parsed)
	return err
}
