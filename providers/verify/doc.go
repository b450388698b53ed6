// Package verify proves what a place holds of a whole file, for stores whose
// configuration says verify = "hash" or "readback"; see providers.Verifier.
package verify
