// Package providertest runs the law of providers.Store (package contract)
// under testing.T, and holds what tests of stores and of their users share.
//
// A store's own test is a few lines:
//
//	func TestStore_keepsTheLaw(t *testing.T) {
//		providertest.Run(t, func(t *testing.T) providers.Store {
//			return mem.New(nil)
//		})
//	}
//
// Tree and Diff compare worlds: what a store holds before and after, or two
// stores with each other. Text and Noise are bodies.
//
// It decides nothing about stores; a rule that is missing belongs to contract.
package providertest
