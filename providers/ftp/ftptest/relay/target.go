package relay

import (
	"fmt"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Target is the server that a relay stands in front of.
type Target struct {
	Name    string
	Port    int // of its control connection, on 127.0.0.1
	TLS     TLS
	Root    string               // the folder of this disk that its clients see
	Passive testserver.PortRange // its passive ports, where they are known before; or zero
}

// TLS is from when on nothing can be read on a control connection.
type TLS string

const (
	Off      TLS = ""         // never
	Explicit TLS = "explicit" // from AUTH TLS on
	Implicit TLS = "implicit" // from the first byte
)

// needs is what the relay must see for a fault.
var needs = map[Fault]struct{ text, data bool }{
	CutUpload:     {data: true},
	HoldUpload:    {data: true},
	HoldDownload:  {data: true},
	EndDownload:   {data: true},
	CutChance:     {data: true},
	LoseReplyTo:   {text: true},
	HoldReplyTo:   {text: true},
	Banner:        {text: true},
	RefuseSession: {text: true},
	SplitLines:    {text: true},
	Globs:         {text: true},
}

// possible refuses a fault that could never happen in front of t.
func (f Faults) possible(t Target) error {
	for _, fault := range f.wanted() {
		greeting := fault == Banner || fault == RefuseSession
		switch need := needs[fault]; {
		case need.text && t.TLS == Explicit && greeting: // in clear, before AUTH TLS
		case need.text && t.TLS != Off:
			return fmt.Errorf("relay: %s needs a control connection in clear, %s has TLS", fault, t.Name)
		case need.data && t.TLS != Off && t.Passive == (testserver.PortRange{}):
			return fmt.Errorf("relay: %s needs the data connections, which pass by it under TLS of %s", fault, t.Name)
		}
	}
	return nil
}
