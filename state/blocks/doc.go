// Package blocks holds the sums of the parts of large files: the file
// state.BlocksName beside the manifest of a set, which names it by its digest.
//
//	h := blocks.NewHash(blocks.Bytes)
//	io.Copy(h, disk)
//	f := h.File() // its sums, and how much of it is not zero
//	f.Path = "Bart-flat.vmdk"
//	text := blocks.Sums{Key: key, Block: blocks.Bytes, Files: []blocks.File{f}}.Encode()
//	manifest.Blocks = blocks.RefOf(text)
//
// With them a part of a file is proven as it arrives, and damage is located. They add
// to the sums of whole files and replace none: a set without them is as valid.
//
// Nothing here asks a place.
package blocks
