package secret

import "regexp"

// userinfo is user:password@ in front of a host, with or without a scheme.
// "C:/a@b" does not match.
var userinfo = regexp.MustCompile(`://[^/@\s]*:[^/@\s]*@|^[^/\\@:\s]+:[^/\\@\s]+@`)

// InAddress reports whether a text contains user and password of an address.
func InAddress(text string) bool { return userinfo.MatchString(text) }
