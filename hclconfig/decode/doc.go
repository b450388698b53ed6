// Package decode fills structs from the body of one block: their hcl tags are the schema.
//
//	type hookBlock struct {
//		On      []scalar.Occasion  `hcl:"on,,or_one"`       // a list, or its only element
//		Timeout providers.Duration `hcl:"timeout,optional"` // what it is before is the default
//	}
//	d := decode.New(block, env, nil)
//	diags := d.Decode(&hook)
//	diags = append(diags, d.Report(problems)...)
//
// A field of type providers.Reference takes a secret, eval.Address another block; a type
// with UnmarshalText reads itself. The tag "path" marks a path of this machine. Checks of
// a block ask its Attributes where something stands, and whether it failed already.
package decode
