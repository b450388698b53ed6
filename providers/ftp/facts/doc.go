// Package facts finds out what an FTP server offers, and what it says nothing of, for
// `vmxsync check`: a function for each fact, in the order in which they are shown.
//
// It changes nothing at the server. A fact that has something to improve is Less, and its
// note says what.
package facts
