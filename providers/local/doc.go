// Package local is the Store on a folder of this machine: a disk, a USB drive,
// a mounted share.
//
//	settings := local.NewSettings()
//	settings.Path = "/mnt/usb"
//	store, err := local.Open(ctx, settings)
//	if err != nil { ... } // also where the folder does not exist
//	defer store.Close()
//
// The folder must be there. It is never created, so that a disk that is not
// mounted is not filled beside its mount point. The folder is opened once
// (os.Root): whatever is mounted over it later, or linked into it, no call
// leads out of it. Links are shown, never followed, also not in the middle of
// a path.
//
// What was put or renamed is synced to the disk, with its directory, before
// the call returns, as far as the system can do that. Removals are not synced:
// after a power failure a removed file may be back.
//
// A rename is refused by the kernel where its target is there (Linux, local
// file systems). Elsewhere the target is proven absent just before: another
// program that puts a file there in between loses it.
package local
