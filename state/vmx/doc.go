// Package vmx finds out whether the VM of a set can be registered and started, as far as its
// small files show it: its .vmx, and the descriptors of its disks.
//
//	for _, f := range vmx.Check(files, read) {
//		fmt.Println(f) // "Bart.vmx:12: it names Bart_1.vmdk, which is not in the set"
//	}
//
// Checked is that each disk is there which is named, that its extents have the size that is
// stated, that the chain of snapshots is closed, and that an EFI VM has its nvram. Disks on a
// LUN (raw device mappings), CD images and empty drives are no fault.
//
// It is pure, needs no hypervisor, and reads nothing itself: read is asked for small files,
// and for the first bytes of disks. What it reads may be hostile, and its size is bounded.
package vmx
