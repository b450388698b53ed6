// Package mem is the reference Store: exactly the law of providers.Store, in
// memory. Tests above this layer use it, and read it when they wonder what a
// store may do: a failed Put leaves the part that was read, a reader holds a
// session until it is closed, names outside the law are refused.
//
//	store := mem.New(func() time.Time { return now })
//	store.Plant(providers.File{Path: "web01/link", Kind: providers.Link}, nil)
//	before := store.Clone()
//
// It is never a place for backups, and has no Driver.
package mem
