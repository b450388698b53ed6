//go:build !unix

package scratch

// mountBelow finds nothing here: a volume in a folder is a link, which is not followed.
func mountBelow(string) string { return "" }
