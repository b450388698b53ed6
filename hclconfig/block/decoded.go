package block

import (
	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// Decoded is a Spec with the attributes of its blocks, by the index of each in the
// Spec: they hold the ranges for checks of the whole.
type Decoded struct {
	Spec                           config.Spec
	sources, destinations, backups []*decode.Attributes
	drills                         []*decode.Attributes

	env     decode.Env
	drivers []providers.Driver // the types of places
}

// NewDecoded is a configuration without blocks; its name is the one of a configuration
// that has no other.
func NewDecoded(env decode.Env, drivers []providers.Driver, name string) *Decoded {
	return &Decoded{Spec: config.Spec{Dir: env.Dir, Name: name, Guard: config.DefaultGuard()}, env: env, drivers: drivers}
}
