// Package scalar is the values of attributes that are one word or one line of text: each
// type reads itself, and its error says what is allowed.
//
//	type destinationBlock struct {
//		Layout  scalar.Layout  `hcl:"layout,optional"`
//		Publish scalar.Publish `hcl:"publish,optional"`
//	}
//
// The decoder reports what UnmarshalText returns at the attribute. Sizes, durations and
// spans are types of providers and state/config.
package scalar
