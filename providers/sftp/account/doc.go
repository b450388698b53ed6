// Package account is what the configuration says of an SFTP account: its settings with
// their defaults, and all that can be wrong with them before a connection is made.
package account
