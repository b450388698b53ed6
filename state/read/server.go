package read

import (
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// ServerOf is what identifies the server of a store that was asked something, zero
// where nothing does; pinned: the configuration names its certificate.
func ServerOf(store providers.Store) (server known.Server, pinned bool) {
	s, ok := providers.As[providers.Identifier](store)
	if !ok {
		return known.Server{}, false
	}
	id, ok := s.Identity()
	if !ok {
		return known.Server{}, false
	}
	return known.Server{Certificate: id.Certificate, Key: id.Key, From: id.From, Until: id.Until}, id.Pinned
}
