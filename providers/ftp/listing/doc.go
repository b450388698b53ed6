// Package listing reads what FTP servers write about files: MLSD and MLST (RFC 3659),
// and LIST, for which there is no standard. It is pure: bytes in, files out. It was made
// from the listings of the servers in docs/servers.md, and is fuzzed.
//
//	files, err := listing.Parse(raw, listing.MLSD)
//
// A line that is not understood, or can be read in two ways, makes the listing a
// providers.PartialListing: nothing is guessed.
package listing
