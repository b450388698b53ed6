// Package block is the blocks of the language: what each may contain, its defaults and
// its checks, in a file of its own, and Kinds, the table of all of them.
//
//	blocks, diags := block.Collect(bodies)
//	out := block.NewDecoded(env, drivers, hostname)
//	for _, b := range blocks["retention"] {
//		diags = append(diags, block.KindOf("retention").Decode(out, b)...)
//	}
//	diags = append(diags, out.Check()...) // contradictions between blocks
//
// A new attribute is a field of the struct in the block's file, and a new block one more
// file and a row of Kinds. Nothing here reads a file or knows where a value comes from.
package block
