// Package bodies is what is uploaded to try a store: contents that are known without
// being kept, and bodies that fail, lie, or wait.
//
//	store.Put(ctx, "disk.vmdk", bodies.Noise{Seed: 1, Bytes: 8 << 20})
//	store.Put(ctx, "disk.vmdk", bodies.Failing{Body: whole, At: 100}) // has to fail
//
// All but the hostile ones can be opened as often as a store wants.
package bodies
