// Package providers defines Store, the one interface through which vmxsync
// reads and changes a place: a local folder, an FTP account, a map in memory.
//
// The interface is small on purpose: every method can be proven on every real
// server (see package contract), and everything above it - staging, publish,
// trash, retention - is built from those few proven moves.
//
// What a particular store can do beyond that it says in two ways: Traits are
// facts that callers branch on, and optional interfaces are found with As,
// also through wrappers. Nobody asks for a provider's type.
//
//	files, err := store.List(ctx, "web01")
//	if traits := store.Traits(); traits.Sessions > 1 { ... }
//	if space, ok := providers.As[providers.SpaceReporter](store); ok { ... }
//
// This package imports the standard library only, and nothing in it talks to
// a disk or a network.
package providers
