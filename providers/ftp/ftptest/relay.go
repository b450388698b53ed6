package ftptest

import "github.com/vmxsync/vmxsync/providers/ftp/ftptest/relay"

// A Relay stands in front of a Server and does what its Faults say; see package relay.
type (
	Relay  = relay.Relay
	Faults = relay.Faults
	Fault  = relay.Fault
)

// What can be hit or missed; the names are those of the fields of Faults.
const (
	CutUpload     = relay.CutUpload
	HoldUpload    = relay.HoldUpload
	HoldDownload  = relay.HoldDownload
	EndDownload   = relay.EndDownload
	LoseReplyTo   = relay.LoseReplyTo
	HoldReplyTo   = relay.HoldReplyTo
	HoldControl   = relay.HoldControl
	Banner        = relay.Banner
	NoBanner      = relay.NoBanner
	RefuseSession = relay.RefuseSession
	SplitLines    = relay.SplitLines
	Globs         = relay.Globs
	CutChance     = relay.CutChance
)

// NewRelay starts a relay in front of s.
func NewRelay(s *Server, f Faults) (*Relay, error) {
	return relay.New(relay.Target{Name: s.Name, Port: s.Port, TLS: relay.TLS(s.TLS), Root: s.Root, Passive: s.passive}, f)
}
